<?php
// To be required outside of any function, once SPIP is installed: loads it as the site. Its variables are global.
chdir('/var/www/html');
$_SERVER = ['REMOTE_ADDR' => '127.0.0.1', 'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/', 'HTTPS' => 'on',
    'SCRIPT_NAME' => '/spip.php', 'HTTP_HOST' => (string) parse_url((string) getenv('URL'), PHP_URL_HOST)] + $_SERVER;
require_once 'vendor/autoload.php';
require_once 'ecrire/inc_version.php';
include_spip('base/abstract_sql');
include_spip('inc/meta');
lire_metas();
