<?php
// Given "dump": write a consistent copy of the database on standard output. Given "restore": read one on standard
// input, test it, and put it in the place of the database.
$file = '/tmp/kanboard/db.sqlite';
$copy = "$file." . getmypid();
register_shutdown_function(fn () => @unlink($copy));
if (($argv[1] ?? '') === 'dump') {
    (new PDO("sqlite:$file"))->exec("VACUUM INTO '$copy'");
    exit(readfile($copy) === filesize($copy) ? 0 : 1);
}
if (($argv[1] ?? '') === 'restore') {
    umask(0077);
    file_put_contents($copy, fopen('php://stdin', 'r'));
    try {
        $new = new PDO("sqlite:$copy");
        $found = $new->query('PRAGMA integrity_check')->fetchColumn();
        $new->query('SELECT count(*) FROM users')->fetchColumn() || $found = 'it has no accounts';
    } catch (PDOException $error) {
        $found = $error->getMessage();
    }
    if ($found !== 'ok') {
        fwrite(STDERR, "this is no database of Kanboard: $found\n");
        exit(1);
    }
    $new = null;
    // What the old database had not yet written into its file must not be read into the new one.
    @unlink("$file-wal");
    @unlink("$file-shm");
    exit(rename($copy, $file) ? 0 : 1);
}
fwrite(STDERR, "wanted: dump or restore\n");
exit(2);
