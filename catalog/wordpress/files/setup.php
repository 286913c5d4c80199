<?php
// Install WordPress, or bring an installed one up to date. May be run again at any time.
// Given: URL title e-mail language administrator. With "check" alone: is there an administrator?
require __DIR__ . '/load.php';
require __DIR__ . '/refresh.php';
if (!in_array(count($argv), [2, 6], true)) {
    fail('wanted: URL TITLE E-MAIL LANGUAGE ADMINISTRATOR, or check');
}
if ($argv[1] === 'check') {
    load_wordpress(installing: true);
    exit(is_blog_installed() && get_users(['role' => 'administrator', 'number' => 1]) ? 0 : 1);
}
refresh_code();
// The mailed welcome would go nowhere on most first days.
function wp_new_blog_notification(): void
{
}
load_wordpress(installing: true);
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/translation-install.php';
[, $url, $title, $email, $language, $administrator] = $argv;
$locale = ['fr' => 'fr_FR', 'en' => ''][$language] ?? fail("no language $language (there are fr and en)");
if (is_blog_installed()) {
    upgrade_schema();
} else {
    install($title, $email, $locale, $administrator);
}
follow_address($url);
apply_language($locale);
protect_uploads();

/** Make the tables, the administrator and the options an association's site begins with. */
function install(string $title, string $email, string $locale, string $administrator): void
{
    $locale = language_pack($locale);
    if ($locale) {
        load_default_textdomain($locale);
        $GLOBALS['wp_locale'] = new WP_Locale();
    }
    $password = trim((string) file_get_contents('/run/secrets/admin_password'));
    wp_install($title, $administrator, $email, true, '', wp_slash($password), $locale);
    $options = [
        'timezone_string' => getenv('TZ') ?: 'Europe/Paris', 'blogdescription' => '', 'users_can_register' => 0,
        'show_avatars' => 0, 'comment_moderation' => 1, 'comment_previously_approved' => 1,
        'default_comment_status' => 'closed', 'default_ping_status' => 'closed', 'default_pingback_flag' => 0,
        'close_comments_for_old_posts' => 1, 'use_smilies' => 0, 'gmt_offset' => '',
    ];
    array_walk($options, fn ($value, $name) => update_option($name, $value));
    wp_delete_comment(1, true);
    $GLOBALS['wp_rewrite']->set_permalink_structure('/%postname%/');
    flush_rewrite_rules(false);
    echo "installed WordPress {$GLOBALS['wp_version']}, administrator $administrator\n";
}

/** Bring the tables to the version of the code. */
function upgrade_schema(): void
{
    $before = (int) get_option('db_version');
    if ($before !== (int) $GLOBALS['wp_db_version']) {
        wp_upgrade();
        echo "tables: $before -> {$GLOBALS['wp_db_version']}\n";
    }
}

/** Store the site's address; when it has changed, change it in the texts too. */
function follow_address(string $url): void
{
    global $wpdb;
    $stored = "SELECT option_value FROM $wpdb->options WHERE option_name = %s";
    $old = $wpdb->get_var($wpdb->prepare($stored, 'home'));
    foreach (['home', 'siteurl'] as $name) {
        $wpdb->update($wpdb->options, ['option_value' => $url], ['option_name' => $name]);
    }
    if ($old && $old !== $url) {
        $change = "UPDATE $wpdb->posts SET post_content = REPLACE(post_content, %s, %s)";
        $rows = $wpdb->query($wpdb->prepare($change, $old, $url));
        wp_cache_flush();
        echo "address: $old -> $url ($rows texts)\n";
    }
}
