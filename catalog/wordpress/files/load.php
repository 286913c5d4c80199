<?php
// What the command-line programs of this folder share.

/**
 * Load WordPress as a visitor of the site would meet it.
 * $installing: also before the tables exist. Otherwise WordPress would end the program then, without an error.
 */
function load_wordpress(bool $installing = false): void
{
    $_SERVER['HTTP_HOST'] = $_SERVER['SERVER_NAME'] = 'localhost';
    $_SERVER['HTTP_X_FORWARDED_PROTO'] = 'https';
    $_SERVER['REQUEST_METHOD'] = 'GET';
    $_SERVER['REQUEST_URI'] = '/';
    $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
    if ($installing) {
        define('WP_INSTALLING', true);
    }
    require '/var/www/html/wp-load.php';
    if (is_blog_installed()) {
        $_SERVER['HTTP_HOST'] = $_SERVER['SERVER_NAME'] = (string) parse_url(WP_HOME, PHP_URL_HOST);
    }
}

/** Say what went wrong and end with a failure. */
function fail(string $message): never
{
    fwrite(STDERR, "Error: $message\n");
    exit(1);
}
