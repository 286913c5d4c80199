<?php
// Mounted over LocalSettings.php of the image: every value comes from the environment or from a secret.
if (!defined('MEDIAWIKI')) {
    exit;
}
$secret = fn (string $name): string => trim((string) @file_get_contents("/run/secrets/$name"));

$wgSitename = getenv('ASSOCIATION');
$wgMetaNamespace = 'Wiki';
$wgLanguageCode = getenv('LANGUAGE');
$wgLocaltimezone = getenv('TZ') ?: 'Europe/Paris';
$wgServer = $wgCanonicalServer = getenv('URL');
$wgForceHTTPS = true;
$wgScriptPath = $wgResourceBasePath = '';
$wgArticlePath = '/wiki/$1';
$wgUsePathInfo = true;
// Addresses in the private ranges are proxies only when they come straight to us: the container's network.
$wgCdnServersNoPurge = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
$wgUsePrivateIPs = true;

$wgDBtype = 'mysql';
$wgDBserver = 'db';
$wgDBname = $wgDBuser = 'mediawiki';
$wgDBpassword = $secret('db_password');
$wgDBTableOptions = 'ENGINE=InnoDB, DEFAULT CHARSET=binary';
$wgSecretKey = $secret('secret_key');
$wgAuthenticationTokenVersion = '1';
$wgUpgradeKey = false;

// Sessions outlive the container; the rest may be computed again.
$wgMainCacheType = CACHE_ACCEL;
$wgSessionCacheType = CACHE_DB;
$wgCacheDirectory = '/tmp';
$wgTmpDirectory = '/tmp';

// Who reads; nobody opens an account without an administrator, nobody writes without an account.
if (getenv('READERS') !== 'everyone') {
    $wgGroupPermissions['*']['read'] = false;
}
$wgGroupPermissions['*']['edit'] = $wgGroupPermissions['*']['createaccount'] = false;
$wgPutIPinRC = false;
$wgPingback = false;
$wgEnableUserEmail = false;

// Uploads lie outside what Apache serves: img_auth.php asks who may read.
$wgEnableUploads = true;
$wgUploadDirectory = '/var/www/data/images';
$wgUploadPath = '/img_auth.php';
$wgFileExtensions = ['png', 'gif', 'jpg', 'jpeg', 'webp', 'svg', 'pdf', 'odt', 'ods', 'odp'];
$wgUseImageMagick = true;
$wgSVGConverter = 'rsvg';

// Mail leaves through the association's relay; without one, none is sent.
$wgEnableEmail = getenv('MAIL_HOST') !== '' && getenv('MAIL_HOST') !== false;
$wgPasswordSender = $wgEmergencyContact = getenv('MAIL_FROM') ?: getenv('CONTACT');
if ($wgEnableEmail) {
    // Net_SMTP turns to STARTTLS by itself when the relay offers it.
    $wgSMTP = [
        'host' => (getenv('MAIL_SECURITY') === 'tls' ? 'tls://' : '') . getenv('MAIL_HOST'),
        'IDHost' => parse_url($wgServer, PHP_URL_HOST),
        'localhost' => parse_url($wgServer, PHP_URL_HOST),
        'port' => (int) getenv('MAIL_PORT'),
        'auth' => (bool) getenv('MAIL_USER'),
        'username' => (string) getenv('MAIL_USER'),
        'password' => $secret('mail_password'),
    ];
}

// The host reads a line about each failed sign-in, by page or program (sign_in_logs in service.yaml). No name is in it.
// One sign-in may be asked of several judges (passwords of robots, then of people): the last word counts.
$wgHooks['AuthManagerLoginAuthenticateAudit'][] = static function ($response): void {
    static $last = null;
    if ($last === null && PHP_SAPI !== 'cli') {
        register_shutdown_function(static function () use (&$last): void {
            if ($last === MediaWiki\Auth\AuthenticationResponse::FAIL) {
                $address = RequestContext::getMain()->getRequest()->getIP();
                file_put_contents('php://stderr', "mediawiki: failed sign-in from $address\n");
            }
        });
    }
    $last = $response->status;
};

wfLoadSkins(['Vector', 'Timeless']);
$wgDefaultSkin = 'vector-2022';
$wgVectorResponsive = true;
wfLoadExtensions([
    'CategoryTree', 'Cite', 'InputBox', 'Interwiki', 'MultimediaViewer', 'Nuke', 'ParserFunctions', 'ReplaceText',
    'SyntaxHighlight_GeSHi', 'TemplateData', 'VisualEditor', 'WikiEditor',
]);
$wgPygmentizePath = is_executable('/usr/bin/pygmentize') ? '/usr/bin/pygmentize' : false;
$wgDefaultUserOptions['visualeditor-enable'] = 1;
unset($secret);
