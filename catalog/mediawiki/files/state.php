<?php
// Print what maintenance.sh has to do: empty (no wiki yet), older (tables of another version) or done.
// With "done" as argument: note that the tables are those of this version, with these settings.
$version = preg_match("/MW_VERSION', '([^']+)'/", file_get_contents('/var/www/html/includes/Defines.php'), $found)
    ? $found[1] : 'unknown';
// Another set of extensions may bring tables too.
$now = $version . ' ' . md5_file(__DIR__ . '/LocalSettings.php');
$mark = '/var/www/data/tables-of';
if (($argv[1] ?? '') === 'done') {
    file_put_contents($mark, $now);
    exit;
}
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$database = new mysqli('db', 'mediawiki', trim(file_get_contents('/run/secrets/db_password')), 'mediawiki');
// The administrator is what the installation makes last; one that broke off begins again on an emptied database.
$tables = array_column($database->query('SHOW TABLES')->fetch_all(), 0);
$people = in_array('user', $tables, true)
    && (int) $database->query('SELECT COUNT(*) FROM user_groups WHERE ug_group = "sysop"')->fetch_row()[0];
if (!$people && $tables) {
    $database->query('SET FOREIGN_KEY_CHECKS = 0');
    foreach ($tables as $table) {
        $database->query("DROP TABLE `$table`");
    }
}
echo !$people ? 'empty' : (@file_get_contents($mark) === $now ? 'done' : 'older'), "\n";
