<?php
// Given nothing: run the events of WordPress that are due. Before the installation there is nothing to do.
require __DIR__ . '/load.php';
load_wordpress();
if (is_blog_installed()) {
    require ABSPATH . 'wp-cron.php';
}
