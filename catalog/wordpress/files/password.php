<?php
// Given an account's name, and its new password on the first line of standard input: sets it, and ends its sessions.
require __DIR__ . '/load.php';
$password = rtrim((string) fgets(STDIN), "\n");
count($argv) === 2 && strlen($password) >= 12 || fail('wanted: NAME, and a password of twelve characters at least');
load_wordpress();
$person = get_user_by('login', $argv[1]) ?: fail("there is no account {$argv[1]}");
if (!wp_check_password($password, $person->user_pass, $person->ID)) {
    wp_set_password($password, $person->ID);
    WP_Session_Tokens::get_instance($person->ID)->destroy_all();
}
