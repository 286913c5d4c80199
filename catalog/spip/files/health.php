<?php
// Exits 0 when the sign-in page answers, and the database: without it, SPIP still shows pages from its cache.
require __DIR__ . '/load.php';
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
try {
    $database = new mysqli('db', 'spip', secret('db_password'), 'spip');
    $database->query('SELECT valeur FROM spip_meta LIMIT 1');
} catch (mysqli_sql_exception $error) {
    fail($error->getMessage());
}
$headers = 'Host: ' . parse_url((string) getenv('URL'), PHP_URL_HOST) . "\r\nX-Forwarded-Proto: https";
$options = stream_context_create(['http' => ['header' => $headers, 'timeout' => 10]]);
exit(@file_get_contents('http://127.0.0.1/spip.php?page=login', false, $options) ? 0 : 1);
