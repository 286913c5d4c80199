<?php
/*
 * Plugin Name: Provisioner
 * Description: Keeps visitors' addresses here, closes what an association's website does not need, sends mail.
 */

/** May WordPress call other sites and install plugins, themes and languages? */
function provisioner_open(): bool
{
    return getenv('EXTENSIONS') === 'open' || defined('PROVISIONER_DOWNLOAD');
}

// No call to other sites: neither update checks nor news, unless the administrators may add extensions.
add_filter('pre_http_request', fn ($answer) => provisioner_open() ? $answer
    : new WP_Error('http_request_not_executed', 'This site makes no requests to other sites (setting EXTENSIONS).'));
add_filter('file_mod_allowed', fn ($allowed) => $allowed && provisioner_open());
add_action('init', function () {
    if (!provisioner_open()) {
        remove_action('init', 'wp_schedule_update_checks');
        remove_action('admin_init', '_maybe_update_core');
        remove_action('admin_init', '_maybe_update_plugins');
        remove_action('admin_init', '_maybe_update_themes');
    }
}, 0);
// WordPress itself is updated with the container image.
add_filter('pre_site_transient_update_core', fn () => (object) [
    'updates' => [], 'version_checked' => wp_get_wp_version(), 'last_checked' => time(),
]);
add_action('wp_dashboard_setup', fn () => remove_meta_box('dashboard_primary', 'dashboard', 'side'));

// Pictures from gravatar.com and emoji from s.w.org would tell them who reads this site.
add_filter('pre_option_show_avatars', fn () => '0');
add_filter('emoji_svg_url', '__return_false');
add_action('init', function () {
    remove_action('wp_head', 'print_emoji_detection_script', 7);
    remove_action('admin_print_scripts', 'print_emoji_detection_script');
    remove_action('wp_print_styles', 'print_emoji_styles');
    remove_filter('the_content_feed', 'wp_staticize_emoji');
    remove_filter('comment_text_rss', 'wp_staticize_emoji');
    remove_filter('wp_mail', 'wp_staticize_emoji_for_email');
});

// XML-RPC and pingbacks serve attackers above all; so does a public list of user names.
add_filter('xmlrpc_enabled', '__return_false');
add_filter('xmlrpc_methods', '__return_empty_array');
add_filter('wp_headers', fn ($headers) => array_diff_key($headers, ['X-Pingback' => true]));
remove_action('wp_head', 'rsd_link');
remove_action('wp_head', 'wp_generator');
add_filter('rest_endpoints', fn ($endpoints) => is_user_logged_in() ? $endpoints : array_filter(
    $endpoints,
    fn ($path) => !str_starts_with($path, '/wp/v2/users'),
    ARRAY_FILTER_USE_KEY
));
add_filter('wp_sitemaps_add_provider', fn ($provider, $name) => $name === 'users' ? false : $provider, 10, 2);
add_filter('login_errors', fn () => __(
    '<strong>Error:</strong> Invalid username, email address or incorrect password.'
));

// Mail leaves through the association's relay; without one, none is sent.
add_filter('wp_mail_from', fn () => getenv('MAIL_FROM') ?: 'wordpress@localhost');
add_filter('pre_wp_mail', fn ($sent) => getenv('MAIL_HOST') ? $sent : false);
add_action('phpmailer_init', function ($mailer) {
    $mailer->isSMTP();
    $mailer->Host = getenv('MAIL_HOST');
    $mailer->Port = (int) (getenv('MAIL_PORT') ?: 25);
    $mailer->SMTPSecure = ['tls' => 'ssl', 'starttls' => 'tls'][getenv('MAIL_SECURITY')] ?? '';
    // A relay inside the association's network may offer a certificate that nobody vouches for.
    $mailer->SMTPAutoTLS = false;
    $mailer->SMTPAuth = (bool) getenv('MAIL_USER');
    $mailer->Username = (string) getenv('MAIL_USER');
    $mailer->Password = trim((string) @file_get_contents('/run/secrets/mail_password'));
});
