<?php
// Dolibarr's own last step of an installation: makes the first administrator, with a password kept as a proper hash,
// and notes the version. Given the administrator's name as ADMIN_LOGIN; the password comes from the secret, so that
// it is on no command line.
require __DIR__ . '/common.php';
$login = getenv('ADMIN_LOGIN') ?: fail('ADMIN_LOGIN is empty');
$password = secret('admin_password') ?: fail('the secret admin_password is empty');
chdir('/var/www/html/install');
// FROM TO LANGUAGE ACTION LOGIN PASSWORD PASSWORD, as on its command line.
$argv = ['step5.php', '', '', 'auto', 'set', $login, $password, $password];
$argc = count($argv);
require '/var/www/html/install/step5.php';
