<?php
// Given an account's name, and its new password on the first line of standard input: sets it.
require __DIR__ . '/load.php';
$password = rtrim((string) fgets(STDIN), "\n");
count($argv) === 2 && strlen($password) >= 12 || fail('wanted: NAME, and a password of twelve characters at least');
$person = new User($db);
$person->fetch('', $argv[1]) > 0 || fail("there is no account $argv[1]");
$user->fetch(first_administrator()) > 0 || fail('no administrator');
is_int($person->setPassword($user, $password)) && fail((string) $person->error);
