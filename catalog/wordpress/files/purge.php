<?php
// Given "run" and a number of days: delete visitors' comments that are older, those in the trash and spam included.
// Given "aged": print how many there are. Orders and the like, which plugins keep as comments, are none of these.
require __DIR__ . '/load.php';
[$what, $days] = [$argv[1] ?? '', $argv[2] ?? ''];
if (!in_array($what, ['run', 'aged'], true) || !preg_match('/^[1-9][0-9]{0,4}$/', $days)) {
    fail('wanted: run or aged, and a number of days');
}
load_wordpress();
$limit = gmdate('Y-m-d H:i:s', time() - (int) $days * 86400);
global $wpdb;
$old = $wpdb->get_col($wpdb->prepare(
    // A date of zeros, as some imports leave it, says nothing of the age.
    "SELECT comment_ID FROM $wpdb->comments WHERE comment_date_gmt < %s AND comment_date_gmt > '1970-01-02'"
    . " AND comment_type IN ('', 'comment', 'pingback', 'trackback')",
    $limit
));
if ($what === 'aged') {
    exit(count($old) . "\n");
}
foreach ($old as $id) {
    wp_delete_comment((int) $id, true) || fail("comment $id stays");
}
