<?php
// Copied into Nextcloud's folder of settings at each start and read after config.php at each request: what the stack
// file says. Every key is always set, for Nextcloud keeps in config.php what it once read here.

$CONFIG = (static function (): array {
    // The proxy on the host comes in by the gateway. Only it is believed when it says whose request it passes on: with
    // all private ranges, the people of a local network would be one to the protection against guessing passwords.
    $gateway = '127.0.0.1';
    foreach (file('/proc/net/route') ?: [] as $line) {
        $field = preg_split('/\s+/', $line);
        if (($field[1] ?? '') === '00000000') {
            $gateway = implode('.', array_reverse(array_map('hexdec', str_split($field[2], 2))));
        }
    }
    $host = (string) getenv('MAIL_HOST');
    $security = (string) getenv('MAIL_SECURITY');
    $password = is_readable('/run/secrets/mail_password') ? trim(file_get_contents('/run/secrets/mail_password')) : '';
    [$sender, $domain] = explode('@', getenv('MAIL_FROM') ?: getenv('CONTACT'), 2) + ['nextcloud', 'localhost'];
    $cache = ['host' => 'cache', 'port' => 6379, 'password' => trim(file_get_contents('/run/secrets/cache_password'))];

    return [
        // localhost for the check of health.
        'trusted_domains' => ['localhost', getenv('DOMAIN')],
        'trusted_proxies' => [$gateway],
        'memcache.distributed' => '\OC\Memcache\Redis',
        'memcache.locking' => '\OC\Memcache\Redis',
        'redis' => $cache,
        'default_language' => getenv('LANGUAGE'),
        'default_phone_region' => getenv('PHONE_REGION'),
        'default_timezone' => getenv('TZ'),
        'logtimezone' => getenv('TZ'),
        'log_rotate_size' => 10485760,
        'maintenance_window_start' => 1,
        'trashbin_retention_obligation' => 'auto, ' . getenv('TRASH_DAYS'),
        'versions_retention_obligation' => 'auto, ' . getenv('TRASH_DAYS'),
        'activity_expire_days' => (int) getenv('ACTIVITY_DAYS'),
        'skeletondirectory' => '',
        // Nothing is told to others: no search for updates, no common address book, no advertisement.
        'updatechecker' => false,
        'lookup_server' => '',
        'simpleSignUpLink.shown' => false,
        // Without a relay mail is dropped, and no link promises a new password by mail.
        'mail_smtpmode' => $host === '' ? 'null' : 'smtp',
        'lost_password_link' => $host === '' ? 'disabled' : '',
        'mail_smtphost' => $host,
        'mail_smtpport' => (int) getenv('MAIL_PORT') ?: 25,
        // STARTTLS is used by itself wherever the relay offers it.
        'mail_smtpsecure' => $security === 'tls' ? 'ssl' : '',
        'mail_smtpstreamoptions' => ['ssl' => [
            'verify_peer' => $security !== 'none', 'verify_peer_name' => $security !== 'none',
        ]],
        'mail_smtpauth' => getenv('MAIL_USER') !== '' && getenv('MAIL_USER') !== false,
        'mail_smtpname' => (string) getenv('MAIL_USER'),
        'mail_smtppassword' => $password,
        'mail_from_address' => $sender,
        'mail_domain' => $domain,
    ];
})();
