<?php
// Copied to config/mes_options.php at each start.
if (!defined('_ECRIRE_INC_VERSION')) {
    return;
}
$GLOBALS['spip_header_silencieux'] = 1;
// The installer answers set-up only, which runs before the web server, in PHP's own server on another port.
if (!in_array(PHP_SAPI, ['cli', 'cli-server'], true) && ($_REQUEST['exec'] ?? '') === 'install') {
    header('HTTP/1.1 403 Forbidden');
    exit;
}
// Plugins run as programs of the site; only an association that wants that may have them downloaded.
define('_AUTORISER_TELECHARGER_PLUGINS', getenv('EXTENSIONS') === 'open');
// SPIP is upgraded with the image, and need not tell spip.net about this site.
if (!function_exists('genie_mise_a_jour')) {
    function genie_mise_a_jour($time)
    {
        return 1;
    }
}
