<?php
// Given a user name or an e-mail address: the account goes, and what is still signed in with it. Pages and their
// history stay as they are. Prints changed, or unknown where there is no such account.
const STORAGE = '/storage/';
$who = $argv[1] ?? '';
$file = STORAGE . 'conf/users.auth.php';
[$kept, $gone, $administrators] = ['', 0, 0];
foreach (file($file) as $line) {
    $fields = preg_split('/(?<!\\\\):/', rtrim($line, "\n"));
    $account = count($fields) > 4 && !str_starts_with($line, '#');
    if ($account && ($fields[0] === $who || strcasecmp($fields[3], $who) === 0)) {
        $gone++;
        continue;
    }
    $administrators += $account && in_array('admin', explode(',', $fields[4]), true) ? 1 : 0;
    $kept .= $line;
}
if (!$gone) {
    exit("unknown\n");
}
if (!$administrators) {
    fwrite(STDERR, "Error: this is the last administrator: make another one first\n");
    exit(1);
}
file_put_contents("$file.new", $kept) === strlen($kept) && rename("$file.new", $file) || exit(1);
// Sessions older than this file ask for the account again.
touch(STORAGE . 'data/cache/sessionpurge') || exit(1);
echo "changed\n";
