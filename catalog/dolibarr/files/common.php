<?php
// What the command-line programs of this folder share.

/** Say what went wrong and end with a failure. */
function fail(string $message, int $code = 1): never
{
    fwrite(STDERR, "Error: $message\n");
    exit($code);
}

/** Given the name of a secret, return its text; "" when the file is empty or not there. */
function secret(string $name): string
{
    return trim((string) @file_get_contents("/run/secrets/$name"));
}

/** Return a connection to the database. Raises mysqli_sql_exception. */
function database(): mysqli
{
    mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
    $link = mysqli_init();
    $link->options(MYSQLI_OPT_CONNECT_TIMEOUT, 5);
    $link->real_connect('db', 'dolibarr', secret('db_password'), 'dolibarr', 3306);
    $link->set_charset('utf8mb4');
    return $link;
}

/** Return the version of the program, as 24.0.2, from the image's own files. */
function code_version(): string
{
    // With this constant the file ends after the version.
    defined('DOL_INC_FOR_VERSION_ERROR') || define('DOL_INC_FOR_VERSION_ERROR', '1');
    require_once '/var/www/html/filefunc.inc.php';
    return DOL_VERSION;
}

/** Return the version the tables were last brought to; "" before a complete installation. */
function tables_version(mysqli $link): string
{
    if (!$link->query("SHOW TABLES LIKE 'llx_const'")->num_rows) {
        return '';
    }
    $names = "'MAIN_VERSION_LAST_UPGRADE', 'MAIN_VERSION_LAST_INSTALL', 'MAIN_NOT_INSTALLED', 'MAIN_NOT_UPGRADED'";
    $rows = $link->query("SELECT name, value FROM llx_const WHERE entity = 0 AND name IN ($names)")->fetch_all();
    $found = array_column($rows, 1, 0);
    if (!empty($found['MAIN_NOT_INSTALLED']) || !empty($found['MAIN_NOT_UPGRADED'])) {
        return '';
    }
    return $found['MAIN_VERSION_LAST_UPGRADE'] ?? $found['MAIN_VERSION_LAST_INSTALL'] ?? '';
}
