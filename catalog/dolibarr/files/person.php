<?php
// Given "export" or "erase" and an e-mail address: print what Dolibarr knows of that person, as JSON; or erase it and
// print what became of each record. What accounting and tax law keeps (invoices, paid gifts, dues in the accounts) stays.
// Given "people": every address that "erase" takes, a line each.
require __DIR__ . '/load.php';
require __DIR__ . '/erase.php';
[$what, $email] = [$argv[1] ?? '', $argv[2] ?? ''];
if ($what === 'people') {
    exit(implode('', array_map(fn (string $one): string => "$one\n", people())));
}
if (!in_array($what, ['export', 'erase'], true) || !filter_var($email, FILTER_VALIDATE_EMAIL)) {
    fail('wanted: people, or export or erase and an e-mail address');
}
$user->fetch(first_administrator()) > 0 || fail('no administrator');
$user->loadRights();
$report = $what === 'export' ? records_of($email) : erase($email);
$form = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
echo json_encode($report, $form | JSON_THROW_ON_ERROR), "\n";
exit($GLOBALS['wrong'] ?? 0);

/** Return the rows of a query, without passwords and keys. */
function rows(string $query): array
{
    global $db;
    $answer = $db->query($query) ?: fail($db->lasterror());
    $found = [];
    while ($row = $db->fetch_array($answer)) {
        $row = array_filter($row, fn ($value, $name) => !is_int($name) && $value !== null && $value !== '', ARRAY_FILTER_USE_BOTH);
        $found[] = array_diff_key($row, array_flip(['pass', 'pass_crypted', 'pass_temp', 'api_key', 'import_key']));
    }
    return $found;
}

/** Return a list of numbers for SQL: the values of a column, never empty. */
function numbers(array $rows, string $column = 'rowid'): string
{
    return implode(',', array_map('intval', array_column($rows, $column))) ?: '0';
}

/** Return the addresses under which records_of finds somebody. */
function people(): array
{
    $found = [];
    foreach (['adherent', 'socpeople', 'societe', 'user', 'don', 'mailing_cibles'] as $table) {
        $found = [...$found, ...array_column(rows("SELECT DISTINCT email FROM llx_$table"), 'email')];
    }
    $found = [...$found, ...array_column(rows('SELECT DISTINCT personal_email FROM llx_user'), 'personal_email')];
    $known = array_filter(array_map('trim', $found), fn (string $one) => filter_var($one, FILTER_VALIDATE_EMAIL));
    return array_unique($known);
}

/** Return the records of a person: table -> rows. What hangs on a record (dues, events, claims) comes with it. */
function records_of(string $email): array
{
    global $db;
    $is = "= '" . $db->escape($email) . "'";
    $members = rows("SELECT * FROM llx_adherent WHERE email $is");
    $contacts = rows("SELECT * FROM llx_socpeople WHERE email $is");
    $parties = rows("SELECT * FROM llx_societe WHERE email $is");
    $users = rows("SELECT * FROM llx_user WHERE email $is OR personal_email $is");
    [$m, $c, $p, $u] = [numbers($members), numbers($contacts), numbers($parties), numbers($users)];
    return array_filter([
        'adherent' => $members,
        'subscription' => rows("SELECT * FROM llx_subscription WHERE fk_adherent IN ($m)"),
        'socpeople' => $contacts,
        'societe' => $parties,
        'facture' => rows("SELECT * FROM llx_facture WHERE fk_soc IN ($p)"),
        'propal' => rows("SELECT * FROM llx_propal WHERE fk_soc IN ($p)"),
        'don' => rows("SELECT * FROM llx_don WHERE email $is"),
        'user' => $users,
        'expensereport' => rows("SELECT * FROM llx_expensereport WHERE fk_user_author IN ($u)"),
        'holiday' => rows("SELECT * FROM llx_holiday WHERE fk_user IN ($u)"),
        'mailing_cibles' => rows("SELECT * FROM llx_mailing_cibles WHERE email $is"),
        'actioncomm' => rows(
            "SELECT * FROM llx_actioncomm WHERE (elementtype = 'member' AND fk_element IN ($m))"
            . " OR (fk_contact <> 0 AND fk_contact IN ($c)) OR (fk_soc <> 0 AND fk_soc IN ($p))"
        ),
    ]);
}
