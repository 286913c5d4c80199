<?php
// Answers "ok" when DokuWiki's own start-up checks (folders, configuration) find nothing wrong.
defined('STDERR') || define('STDERR', fopen('php://stderr', 'w'));
define('DOKU_UNITTEST', 1);
header('Content-Type: text/plain; charset=utf-8');
ob_start();
try {
    require __DIR__ . '/inc/init.php';
    ob_end_clean();
    echo 'ok';
} catch (Throwable $error) {
    ob_end_clean();
    http_response_code(500);
    echo trim(strip_tags($error->getMessage()));
}
