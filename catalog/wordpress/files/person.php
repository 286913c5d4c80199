<?php
// Given "export" or "erase" and an e-mail address: print what WordPress and its plugins know of that person, as JSON;
// or erase it and print what was erased.
require __DIR__ . '/load.php';
[$what, $email] = [$argv[1] ?? '', $argv[2] ?? ''];
if (!in_array($what, ['export', 'erase'], true) || !filter_var($email, FILTER_VALIDATE_EMAIL)) {
    fail('wanted: export or erase, and an e-mail address');
}
load_wordpress();
require_once ABSPATH . 'wp-admin/includes/user.php';
require_once ABSPATH . 'wp-admin/includes/privacy-tools.php';
$report = $what === 'export' ? export($email) : erase($email);
$form = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
echo json_encode($report, $form | JSON_THROW_ON_ERROR), "\n";

/** Run each exporter or eraser page by page; return what they gave, per tool. */
function each_tool(string $filter, string $email): array
{
    $found = [];
    foreach (apply_filters($filter, []) as $name => $tool) {
        $page = 1;
        do {
            $answer = call_user_func($tool['callback'], $email, $page++);
            $found[$name][] = array_diff_key($answer, ['done' => true]);
        } while (!$answer['done'] && $page < 1000);
    }
    return $found;
}

/** Return what the exporters give, and what they leave out: the texts of the account's articles. */
function export(string $email): array
{
    global $wpdb;
    $found = each_tool('wp_privacy_personal_data_exporters', $email);
    if ($person = get_user_by('email', $email)) {
        $found['articles'] = $wpdb->get_results($wpdb->prepare(
            "SELECT ID, post_type, post_status, post_date, post_title, post_excerpt, post_content FROM $wpdb->posts"
            . ' WHERE post_author = %d',
            $person->ID
        ));
    }
    return $found;
}

/** Erase a person's comments and data, then the account; its articles go to another administrator. */
function erase(string $email): array
{
    global $wpdb;
    $person = get_user_by('email', $email);
    $others = $person ? ['exclude' => [$person->ID]] : [];
    $heirs = get_users(['role' => 'administrator', 'number' => 1] + $others);
    $heirs || fail('this is the last administrator: make another one first');
    if ($person) {
        // Comments written while the account had another address.
        $wpdb->update($wpdb->comments, ['comment_author_email' => $email], ['user_id' => $person->ID]);
    }
    $report = each_tool('wp_privacy_personal_data_erasers', $email);
    // Requests that administrators took down in WordPress itself.
    $requests = ['post_type' => 'user_request', 'title' => $email, 'post_status' => 'any', 'numberposts' => -1];
    foreach (get_posts($requests) as $request) {
        wp_delete_post($request->ID, true);
    }
    if ($person) {
        wp_delete_user($person->ID, $heirs[0]->ID);
        $report['account'] = "deleted; its articles now belong to {$heirs[0]->user_login}";
    }
    return $report;
}
