<?php
// Given "run" and a number of days: delete texts and files that were replaced or deleted longer ago. Given "aged":
// print how many there are. What a page says now stays, and so does the list of who changed what when.
const DATA = '/storage/data/';
[$what, $days] = [$argv[1] ?? '', $argv[2] ?? ''];
if (!in_array($what, ['run', 'aged'], true) || !preg_match('/^[1-9][0-9]{0,4}$/', $days)) {
    fwrite(STDERR, "Error: wanted: run or aged, and a number of days\n");
    exit(1);
}
$old = aged(time() - (int) $days * 86400);
if ($what === 'aged') {
    exit(count($old) . "\n");
}
foreach ($old as $file) {
    unlink($file) || exit(1);
}

/** Return the files of old versions that were replaced before a time. */
function aged(int $limit): array
{
    $found = [];
    foreach (['attic' => 'meta', 'media_attic' => 'media_meta'] as $folder => $logs) {
        foreach (files(DATA . $folder) as $file) {
            if (preg_match('#^' . DATA . "$folder/(.+)\\.(\\d{9,11})\\.([^/]+)$#", $file, $match)) {
                $ending = preg_replace('/^txt\.(gz|bz2)$/', 'txt', $match[3]);
                $name = $folder === 'attic' ? $match[1] : "$match[1].$ending";
                $live = $folder === 'attic' ? DATA . "pages/$name.$ending" : DATA . "media/$name";
                $replaced = replaced((int) $match[2], DATA . "$logs/$name.changes", $live, $file);
                if ($replaced && $replaced < $limit) {
                    $found[] = $file;
                }
            }
        }
    }
    return $found;
}

/** Return when a version gave way to the next one, or 0 for the one that counts now. */
function replaced(int $version, string $log, string $live, string $file): int
{
    $after = [];
    foreach (is_file($log) ? file($log) : [] as $line) {
        if ((int) $line > $version) {
            $after[] = (int) $line;
        }
    }
    if ($after) {
        return min($after);
    }
    return is_file($live) ? 0 : max($version, (int) filemtime($file));
}

/** Return all files of a folder and below. */
function files(string $folder): array
{
    $found = [];
    if (is_dir($folder)) {
        foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($folder)) as $file) {
            if ($file->isFile()) {
                $found[] = $file->getPathname();
            }
        }
    }
    return $found;
}
