<?php
// Given an e-mail address or a login: the account can no longer sign in, its sessions and application passwords end.
// What it wrote stays, under its name. Prints changed, unchanged or unknown.
require __DIR__ . '/load.php';
$who = $argv[1] ?? '';
load_wordpress();
$person = get_user_by('email', $who) ?: get_user_by('login', $who);
if (!$person) {
    exit("unknown\n");
}
if (get_user_meta($person->ID, 'provisioner_left', true)) {
    exit("unchanged\n");
}
$others = get_users(['role' => 'administrator', 'exclude' => [$person->ID], 'fields' => 'ID']);
$others || fail('this is the last administrator: make another one first');
// The mark first: from then on nobody signs in by it (mu-plugins/left.php), whatever fails below.
update_user_meta($person->ID, 'provisioner_left', gmdate('c'));
wp_set_password(wp_generate_password(64, true, true), $person->ID);
$person->set_role('');
WP_Session_Tokens::get_instance($person->ID)->destroy_all();
WP_Application_Passwords::delete_all_application_passwords($person->ID);
echo "changed\n";
