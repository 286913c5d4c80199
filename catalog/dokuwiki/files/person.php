<?php
// Given "export" or "erase" and a user name: the account, the edits and what they added, as JSON; or erase
// the account and the names on edits.
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
    // Who follows a page, who may do what; what was begun and not saved; news that name authors, made again when asked.
    array_map(fn ($file) => forget_lines($file, 0, $user), files('data/meta', 'mlist'));
    forget_lines(STORAGE . 'conf/acl.auth.php', 1, $user);
    array_map(fn ($file) => forget_draft($file, $user), files('data/cache', 'draft'));
    array_map('unlink', files('data/cache', 'feed'));
}
$form = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
echo json_encode($report, $form | JSON_THROW_ON_ERROR), "\n";

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

/** Return the edits of a user in one log (time, page, summary, lines added); take the name out when asked. */
function edits(string $file, string $user, bool $remove): array
{
    [$found, $text] = [[], ''];
    $before = '';
    foreach (file($file) as $line) {
        $fields = explode("\t", rtrim($line, "\n"));
        if (($fields[4] ?? '') === $user) {
            $found[] = ['time' => date('c', (int) $fields[0]), 'page' => $fields[3], 'summary' => $fields[5] ?? '']
                + (str_starts_with(basename($file), '_') ? [] : ['added' => added($fields[3], $fields[0], $before)]);
            [$fields[1], $fields[4]] = ['0.0.0.0', ''];
        }
        $before = $fields[0];
        $text .= implode("\t", $fields) . "\n";
    }
    if ($remove && $found) {
        replace($file, $text);
    }
    return $found;
}

/** Return the lines that one version of a page has and the one before has not: what its author wrote. */
function added(string $page, string $time, string $before): array
{
    [$lines, $old] = [version($page, $time), $before === '' ? [] : version($page, $before)];
    return array_values(array_diff($lines, $old));
}

/** Return the lines of a version of a page; none where it is gone or is not a page. */
function version(string $page, string $time): array
{
    $file = STORAGE . 'data/attic/' . str_replace(':', '/', $page) . ".$time.txt";
    $packed = is_file("$file.gz") ? gzdecode((string) file_get_contents("$file.gz")) : @file_get_contents($file);
    return $packed ? explode("\n", $packed) : [];
}

/** Take the lines of a file away whose word at that place (by spaces) is the user. */
function forget_lines(string $file, int $place, string $user): void
{
    $lines = @file($file) ?: [];
    $kept = array_filter($lines, fn ($line) => rawurldecode(preg_split('/\s+/', $line)[$place] ?? '') !== $user);
    if ($kept !== $lines) {
        replace($file, implode('', $kept));
    }
}

/** Delete what a user began to write and did not save. */
function forget_draft(string $file, string $user): void
{
    $data = unserialize((string) file_get_contents($file), ['allowed_classes' => false]);
    if (($data['client'] ?? '') === $user) {
        unlink($file);
    }
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
