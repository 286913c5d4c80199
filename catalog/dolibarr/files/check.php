<?php
// Given nothing: exits 0 when Dolibarr is installed, its tables are those of this version and it shows its sign-in page.
// A 200 alone, or the 302 to the installer, says nothing of that.
require __DIR__ . '/common.php';
file_exists('/var/www/documents/install.lock') || fail('not installed yet');
try {
    [$tables, $code] = [tables_version(database()), code_version()];
} catch (mysqli_sql_exception $error) {
    fail('no database: ' . $error->getMessage());
}
$tables === $code || fail("the tables are of version $tables, the program is $code");
if (($argv[1] ?? '') === 'tables') {
    exit(0);
}
$request = curl_init('http://127.0.0.1/index.php');
curl_setopt_array($request, [
    CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 8,
    CURLOPT_HTTPHEADER => ['X-Forwarded-Proto: https', 'Host: ' . parse_url(getenv('DOLI_URL_ROOT'), PHP_URL_HOST)],
]);
$page = (string) curl_exec($request);
$status = curl_getinfo($request, CURLINFO_RESPONSE_CODE);
$status === 200 || fail("the sign-in page answers $status");
str_contains($page, 'name="password"') || fail('the page has no field for the password');
