<?php
// Given nothing: wait for the database, then print one line for start.sh:
//   install VERSION | same VERSION | upgrade FROM TO | refused FROM TO (why)
require __DIR__ . '/common.php';

$until = hrtime(true) + 180 * 1000000000;
do {
    try {
        $tables = tables_version(database());
        break;
    } catch (mysqli_sql_exception $error) {
        hrtime(true) < $until || fail('no database: ' . $error->getMessage());
        sleep(2);
    }
} while (true);

$code = code_version();
[$old, $new] = [(int) $tables, (int) $code];
echo match (true) {
    $tables === '' => "install $code",
    $tables === $code => "same $code",
    version_compare($tables, $code, '>') => "refused $tables $code (the data are newer than the program)",
    // The files of a migration are chosen by its two ends: a jump over a major version would leave some out.
    $new - $old > 1 => "refused $tables $code (one major version at a time)",
    default => "upgrade $tables $code",
}, "\n";
