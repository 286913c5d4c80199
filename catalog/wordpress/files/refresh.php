<?php
// What setup.php does to files: newer code of the image, a language, no programs among the uploads.

/** Given a folder of WordPress, return its version, or "" without one. */
function version_in(string $folder): string
{
    $file = @file_get_contents("$folder/wp-includes/version.php") ?: '';
    return preg_match("/wp_version = '([^']+)'/", $file, $found) ? $found[1] : '';
}

/** Put the image's WordPress over the volume's when it is newer. The image alone fills an empty volume only. */
function refresh_code(): void
{
    [$image, $volume] = ['/usr/src/wordpress', '/var/www/html'];
    [$new, $old] = [version_in($image), version_in($volume)];
    if (version_compare($new, $old, '<=')) {
        return;
    }
    foreach (['wp-admin', 'wp-includes'] as $folder) {
        replace_folder("$image/$folder", "$volume/$folder");
    }
    foreach (['plugins', 'themes'] as $kind) {
        foreach (glob("$image/wp-content/$kind/*", GLOB_ONLYDIR) as $folder) {
            replace_folder($folder, "$volume/wp-content/$kind/" . basename($folder));
        }
    }
    run(['cp', '-r', '--no-preserve=timestamps', "$image/wp-content/.", "$volume/wp-content/"]);
    foreach (glob("$image/*.{php,html,txt}", GLOB_BRACE) as $file) {
        copy($file, "$volume/" . basename($file));
    }
    echo "code: $old -> $new\n";
}

/** Put a copy of a folder in the place of another, so that files the new version dropped do not stay. */
function replace_folder(string $from, string $to): void
{
    run(['rm', '-rf', "$to.new", "$to.old"]);
    run(['cp', '-r', $from, "$to.new"]);
    if (is_dir($to)) {
        rename($to, "$to.old");
    }
    rename("$to.new", $to);
    run(['rm', '-rf', "$to.old"]);
}

/** Run a command; end with a failure when it fails. */
function run(array $command): void
{
    $process = proc_open($command, [], $pipes);
    if ($process === false || proc_close($process) !== 0) {
        fail(implode(' ', $command));
    }
}

/** Given a locale, return it when its files are there or can be fetched, else "" (English). */
function language_pack(string $locale): string
{
    if ($locale === '' || in_array($locale, get_available_languages(), true)) {
        return $locale;
    }
    defined('PROVISIONER_DOWNLOAD') || define('PROVISIONER_DOWNLOAD', true);
    if (wp_download_language_pack($locale)) {
        return $locale;
    }
    echo "the files of $locale are neither in the image nor to be had from wordpress.org: English for now\n";
    return '';
}

/** Set the language once; what the administrators choose later stays. */
function apply_language(string $locale): void
{
    if (get_option('provisioner_language') === $locale) {
        return;
    }
    $found = language_pack($locale);
    if ($found === $locale) {
        update_option('WPLANG', $locale);
        update_option('provisioner_language', $locale);
        echo "language: " . ($locale ?: 'en') . "\n";
    }
}

/** Forbid Apache to run what people upload. */
function protect_uploads(): void
{
    $file = '/var/www/html/wp-content/uploads/.htaccess';
    $programs = '"\.(?i:php[0-9]?|phtml|phar|cgi|pl|py)$"';
    $rules = "# Written by provisioner.\n<FilesMatch $programs>\n  Require all denied\n</FilesMatch>\n";
    if (!is_dir(dirname($file))) {
        mkdir(dirname($file), 0755, true);
    }
    if (@file_get_contents($file) !== $rules) {
        file_put_contents($file, $rules);
    }
}
