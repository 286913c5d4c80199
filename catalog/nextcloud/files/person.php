<?php
// Given "export" or "erase" and an account's name or e-mail address: writes an archive (tar) of all that the person
// has here to standard output; or deletes the account with its files, calendars, address books, shares and messages.
// Given "people": every name and address that "erase" takes, a line each.

const OCC = 'php /var/www/html/occ --no-interaction ';
$password = trim(file_get_contents(getenv('POSTGRES_PASSWORD_FILE')));
$database = new PDO('pgsql:host=' . getenv('POSTGRES_HOST') . ';dbname=' . getenv('POSTGRES_DB'),
    getenv('POSTGRES_USER'), $password, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
$subject = $argv[2] ?? '';
match ($argv[1] ?? '') {
    'people' => people($database),
    'export' => export($database, find_account($database, $subject) ?? fail("0 accounts are called '$subject'")),
    'erase' => erase(find_account($database, $subject)),
    default => fail('wanted: people, or export or erase and an account'),
};

/** Say what is wrong and stop. */
function fail(string $reason): never
{
    fwrite(STDERR, "$reason\n");
    exit(1);
}

/** Return the rows of a question to the database. */
function rows(PDO $database, string $question, string ...$values): array
{
    $statement = $database->prepare($question);
    $statement->execute($values);
    return $statement->fetchAll(PDO::FETCH_ASSOC);
}

/** Print the names and addresses of all but the first administrator. One that names several accounts names nobody. */
function people(PDO $database): void
{
    $question = "SELECT min(name) AS name FROM (SELECT uid, uid AS name FROM oc_users UNION SELECT userid, configvalue
        FROM oc_preferences WHERE appid = 'settings' AND configkey = 'email' AND configvalue <> '') AS known
        GROUP BY lower(name) HAVING count(DISTINCT uid) = 1 AND min(uid) <> 'admin'";
    echo implode('', array_map(static fn (array $row): string => "{$row['name']}\n", rows($database, $question)));
}

/** Return the name of the account that is called so or has this address; null: there is none. */
function find_account(PDO $database, string $subject): ?string
{
    $question = "SELECT uid FROM oc_users WHERE uid_lower = lower(?) UNION SELECT userid FROM oc_preferences
        WHERE appid = 'settings' AND configkey = 'email' AND lower(configvalue) = lower(?)";
    $found = array_column(rows($database, $question, $subject, $subject), 'uid');
    count($found) <= 1 || fail(count($found) . " accounts are called '$subject' or have this address");
    return $found[0] ?? null;
}

/** Delete an account; the first administrator's is refused, for the checks of the provisioner sign in with it. */
function erase(?string $account): void
{
    $account !== null || exit("no such account: nothing to erase\n");
    $account !== 'admin' || fail('this is the first administrator: hand the person another account first');
    passthru(OCC . 'user:delete ' . escapeshellarg($account), $failed);
    exit($failed);
}

/** Write the archive: account.json, calendars, address books as files others read, and the files as they are. */
function export(PDO $database, string $account): void
{
    $folder = sys_get_temp_dir() . '/export-' . bin2hex(random_bytes(8));
    mkdir($folder, 0700);
    register_shutdown_function(static fn () => exec('rm -rf ' . escapeshellarg($folder)));
    write_account($database, $account, $folder);
    write_parts($database, $account, $folder);
    $names = array_values(array_filter(['files', 'files_trashbin', 'files_versions'],
        static fn (string $name): bool => is_dir("/var/www/data/$account/$name")));
    $parts = implode(' ', array_map('escapeshellarg', $names));
    $ours = 'tar --create --directory=' . escapeshellarg($folder) . ' --transform=s,^[.],account, .';
    $theirs = $names ? ' --directory=' . escapeshellarg("/var/www/data/$account") . " $parts" : '';
    passthru($ours . $theirs, $failed);
    exit($failed);
}

/** Write what is known of the account itself, its shares, comments and last actions. */
function write_account(PDO $database, string $account, string $folder): void
{
    $told = [
        'account' => json_decode((string) shell_exec(OCC . 'user:info --output=json ' . escapeshellarg($account)), true),
        'profile' => rows($database, 'SELECT name, value FROM oc_accounts_data WHERE uid = ?', $account),
        'shares' => rows($database, 'SELECT share_with, file_target, stime FROM oc_share WHERE uid_owner = ?', $account),
        'comments' => rows($database, 'SELECT creation_timestamp, object_type, object_id, message FROM oc_comments
            WHERE actor_type = \'users\' AND actor_id = ?', $account),
        'activity' => rows($database, 'SELECT timestamp, app, subject, file FROM oc_activity WHERE "user" = ?', $account),
        'devices' => rows($database, 'SELECT name, last_activity FROM oc_authtoken WHERE uid = ?', $account),
    ];
    $form = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
    file_put_contents("$folder/account.json", json_encode($told, $form | JSON_THROW_ON_ERROR) . "\n");
}

/** Write each event as iCalendar and each contact as vCard, in a folder per calendar and address book. */
function write_parts(PDO $database, string $account, string $folder): void
{
    $events = "SELECT c.uri AS book, o.uri AS name, o.calendardata AS text FROM oc_calendarobjects o
        JOIN oc_calendars c ON c.id = o.calendarid AND o.calendartype = 0 WHERE c.principaluri = ?";
    $contacts = "SELECT b.uri AS book, c.uri AS name, c.carddata AS text FROM oc_cards c
        JOIN oc_addressbooks b ON b.id = c.addressbookid WHERE b.principaluri = ?";
    foreach (['calendars' => $events, 'contacts' => $contacts] as $kind => $question) {
        foreach (rows($database, $question, "principals/users/$account") as $row) {
            $book = "$folder/$kind/" . basename($row['book']);
            is_dir($book) || mkdir($book, 0700, true);
            $text = is_resource($row['text']) ? stream_get_contents($row['text']) : $row['text'];
            $name = basename($row['name']);
            $ending = $kind === 'calendars' ? '.ics' : '.vcf';
            file_put_contents("$book/$name" . (str_ends_with($name, $ending) ? '' : $ending), $text);
        }
    }
}
