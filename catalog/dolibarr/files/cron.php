<?php
// Given nothing: run Dolibarr's planned tasks that are due. Exits 75 while there is nothing to run them with.
// The key goes from the secret to the program; on a command line each process of the container could read it.
require __DIR__ . '/common.php';
try {
    $ready = database()->query("SELECT 1 FROM llx_const WHERE name = 'CRON_KEY'")->num_rows;
} catch (mysqli_sql_exception) {
    $ready = false;
}
$ready || exit(75);
$argv = ['cron_run_jobs.php', secret('cron_key'), 'firstadmin'];
$argc = count($argv);
require '/var/www/scripts/cron/cron_run_jobs.php';
