<?php
// Given nothing: run the events of WordPress that are due. Before the installation WordPress ends this at once.
require __DIR__ . '/load.php';
load_wordpress();
require ABSPATH . 'wp-cron.php';
