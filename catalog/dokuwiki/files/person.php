<?php
// Given "export" or "erase" and a user name: the account and the edits of that person, as JSON; or erase both names.
// Given "list": the user names that "erase" takes, a line each.
const STORAGE = '/storage/';
[$what, $user] = [$argv[1] ?? '', $argv[2] ?? ''];
if ($what === 'list') {
    exit(implode('', array_map(fn ($name) => "$name\n", names())));
}
if (!in_array($what, ['export', 'erase'], true) || !preg_match('/^[^\s:\/#]+$/', $user)) {
    fwrite(STDERR, "Error: wanted: export or erase, and a user name\n");
    exit(1);
}
$report = ['account' => account($user, $what === 'erase'), 'edits' => []];
foreach (change_logs() as $file) {
    $report['edits'] = array_merge($report['edits'], edits($file, $user, $what === 'erase'));
}
if ($what === 'erase') {
    foreach (files('data/meta', 'meta') as $file) {
        forget_in_metadata($file, $user);
    }
}
echo json_encode($report, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";

/** Return the account without its password, or null; remove it when asked. */
function account(string $user, bool $remove): ?array
{
    $file = STORAGE . 'conf/users.auth.php';
    $found = null;
    $kept = '';
    foreach (file($file) as $line) {
        if (str_starts_with($line, "$user:")) {
            [, , $name, $email, $groups] = explode(':', trim($line), 5);
            $found = ['user' => $user, 'name' => $name, 'email' => $email, 'groups' => $groups];
        } else {
            $kept .= $line;
        }
    }
    if ($remove && $found) {
        replace($file, $kept);
    }
    return $found;
}

/** Return the names of all accounts, and of those who are gone but whose edits still name them. */
function names(): array
{
    $found = [];
    foreach (file(STORAGE . 'conf/users.auth.php') as $line) {
        if (preg_match('/^([^\s:#]+):/', $line, $match)) {
            $found[] = $match[1];
        }
    }
    foreach (change_logs() as $file) {
        foreach (file($file) as $line) {
            $found[] = explode("\t", rtrim($line, "\n"))[4] ?? '';
        }
    }
    $found = array_filter(array_unique($found), fn ($name) => $name !== '');
    sort($found);
    return $found;
}

/** Return the files of a folder and below whose name ends so. */
function files(string $folder, string $ending): array
{
    $found = [];
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator(STORAGE . $folder)) as $file) {
        if ($file->isFile() && str_ends_with($file->getFilename(), ".$ending")) {
            $found[] = $file->getPathname();
        }
    }
    return $found;
}

/** Return all logs of changes to pages and media. */
function change_logs(): array
{
    return [...files('data/meta', 'changes'), ...files('data/media_meta', 'changes')];
}

/** Return the edits of a user in one log (time, page, summary); take the name out when asked. */
function edits(string $file, string $user, bool $remove): array
{
    [$found, $text] = [[], ''];
    foreach (file($file) as $line) {
        $fields = explode("\t", rtrim($line, "\n"));
        if (($fields[4] ?? '') === $user) {
            $found[] = ['time' => date('c', (int) $fields[0]), 'page' => $fields[3], 'summary' => $fields[5] ?? ''];
            [$fields[1], $fields[4]] = ['0.0.0.0', ''];
        }
        $text .= implode("\t", $fields) . "\n";
    }
    if ($remove && $found) {
        replace($file, $text);
    }
    return $found;
}

/** Take a user out of what DokuWiki stores about a page's authors. */
function forget_in_metadata(string $file, string $user): void
{
    $data = unserialize((string) file_get_contents($file), ['allowed_classes' => false]);
    if (!is_array($data) || !str_contains(serialize($data), "\"$user\"")) {
        return;
    }
    foreach (['current', 'persistent'] as $part) {
        unset($data[$part]['contributor'][$user]);
        if (($data[$part]['user'] ?? '') === $user) {
            $data[$part]['user'] = $data[$part]['creator'] = '';
        }
        if (($data[$part]['last_change']['user'] ?? '') === $user) {
            $data[$part]['last_change']['user'] = '';
        }
    }
    replace($file, serialize($data));
}

/** Write a file in one step. */
function replace(string $file, string $text): void
{
    file_put_contents("$file.new", $text) === strlen($text) && rename("$file.new", $file) || exit(1);
}
