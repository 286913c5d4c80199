<?php
// Mounted in the place of the image's config.php, and read by the web pages and by ./cli alike.
$secret = fn (string $name): string => trim((string) @file_get_contents("/run/secrets/$name"));

define('ENABLE_URL_REWRITE', true);
define('LOG_DRIVER', 'stderr');
define('DATA_DIR', '/tmp/kanboard');
define('API_AUTHENTICATION_TOKEN', $secret('api_token'));

// No plugin is installed from the web, and the list of them is not fetched.
define('PLUGIN_INSTALLER', false);
define('PLUGIN_API_URL', 'https://plugins.invalid/plugins.json');

// Requests come from the proxy on the host, which the containers see under a private address.
define('TRUSTED_PROXY_HEADERS', 'HTTP_X_FORWARDED_FOR');
define('TRUSTED_PROXY_NETWORKS', '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16');

// Without a relay no letter leaves: the command is one that accepts nothing.
define('MAIL_CONFIGURATION', false);
define('MAIL_FROM', getenv('MAIL_SENDER') ?: 'kanboard@localhost');
if (getenv('MAIL_HOST')) {
    define('MAIL_TRANSPORT', 'smtp');
    define('MAIL_SMTP_HOSTNAME', getenv('MAIL_HOST'));
    define('MAIL_SMTP_PORT', (int) (getenv('MAIL_PORT') ?: 587));
    define('MAIL_SMTP_USERNAME', (string) getenv('MAIL_USER'));
    define('MAIL_SMTP_PASSWORD', $secret('mail_password'));
    define('MAIL_SMTP_ENCRYPTION', match (getenv('MAIL_SECURITY')) {
        'tls' => 'ssl',
        'none' => null,
        default => 'tls',
    });
} else {
    define('MAIL_TRANSPORT', 'sendmail');
    define('MAIL_SENDMAIL_COMMAND', '/bin/false -t');
}
