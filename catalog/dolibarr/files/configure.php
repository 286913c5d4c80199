<?php
// Given the environment and the secrets, write conf.php. It lies in memory: each start makes it anew, so that a
// changed address or password holds at once, and the password is in no layer and no volume.
require __DIR__ . '/common.php';

$values = [
    'main_url_root' => getenv('DOLI_URL_ROOT'),
    'main_document_root' => '/var/www/html',
    'main_url_root_alt' => '/custom',
    'main_document_root_alt' => '/var/www/html/custom',
    'main_data_root' => '/var/www/documents',
    'main_db_host' => 'db',
    'main_db_port' => '3306',
    'main_db_name' => 'dolibarr',
    'main_db_prefix' => 'llx_',
    'main_db_user' => 'dolibarr',
    'main_db_pass' => secret('db_password'),
    'main_db_type' => 'mysqli',
    'main_db_character_set' => 'utf8mb4',
    'main_db_collation' => 'utf8mb4_unicode_ci',
    'main_authentication' => 'dolibarr',
    'main_prod' => '1',
    // The key of what Dolibarr keeps encrypted in its tables. Upstream's script has one constant for the whole world.
    'main_instance_unique_id' => secret('instance_id') ?: fail('the secret instance_id is empty'),
];
$lines = '';
foreach ($values as $name => $value) {
    $lines .= "\$dolibarr_$name = " . var_export($value, true) . ";\n";
}
// The installer wants to be able to write the file; whether it is needed is known later, so start.sh closes it.
$file = '/var/www/html/conf/conf.php';
umask(0077);
file_put_contents("$file.new", "<?php\n// Written by provisioner at each start.\n$lines") && rename("$file.new", $file)
    || fail("cannot write $file");
