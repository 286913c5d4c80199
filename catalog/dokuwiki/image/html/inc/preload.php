<?php
// Defaults come from the image (conf.core), everything that people change from the volume (conf).
define('DOKU_CONF', '/var/www/html/conf/');
require __DIR__ . '/config_cascade.php';
$core = '/var/www/html/conf.core/';
$files = [
    'acronyms.conf', 'entities.conf', 'interwiki.conf', 'license.php', 'manifest.json', 'mediameta.php', 'mime.conf',
    'plugins.php', 'scheme.conf', 'smileys.conf', 'wordblock.conf',
];
foreach ($files as $file) {
    array_unshift($config_cascade[strtok($file, '.')]['default'], $core . $file);
}
array_unshift($config_cascade['main']['default'], $core . 'dokuwiki.php');
$config_cascade['main']['default'][] = $core . 'docker.php';
array_unshift($config_cascade['main']['protected'], $core . 'docker.protected.php');
array_unshift($config_cascade['plugins']['protected'], $core . 'plugins.required.php', $core . 'plugins.docker.php');
