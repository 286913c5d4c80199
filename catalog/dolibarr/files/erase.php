<?php
// The erasure of person.php. Each function returns what became of the records it was given.
require_once DOL_DOCUMENT_ROOT . '/core/lib/files.lib.php';
require_once DOL_DOCUMENT_ROOT . '/adherents/class/adherent.class.php';
require_once DOL_DOCUMENT_ROOT . '/contact/class/contact.class.php';
require_once DOL_DOCUMENT_ROOT . '/societe/class/societe.class.php';
require_once DOL_DOCUMENT_ROOT . '/don/class/don.class.php';

/** Erase a person's records in the order in which they hang on each other; return table -> number -> what became of it. */
function erase(string $email): array
{
    global $db;
    $records = records_of($email);
    $report = [];
    $ids = fn (string $table, string $column = 'rowid') => array_column($records[$table] ?? [], $column);
    foreach ($ids('actioncomm', 'id') as $id) {
        $report['actioncomm'][$id] = remove_row('actioncomm', 'id', $id);
    }
    foreach ($ids('mailing_cibles') as $id) {
        $report['mailing_cibles'][$id] = remove_row('mailing_cibles', 'rowid', $id);
    }
    foreach (['adherent' => 'erase_member', 'don' => 'erase_gift', 'socpeople' => 'erase_contact',
              'societe' => 'erase_party', 'user' => 'close_account'] as $table => $function) {
        foreach ($ids($table) as $id) {
            $report[$table][$id] = $function((int) $id);
        }
    }
    return $report ?: ['nothing' => "no record has the address $email"];
}

function remove_row(string $table, string $column, int|string $id): string
{
    global $db;
    return $db->query("DELETE FROM llx_$table WHERE $column = " . (int) $id) ? 'deleted' : trouble($db->lasterror());
}

/** Note a failure; the program goes on and fails at its end. */
function trouble(?string $message): string
{
    wrong((string) $message);
    return "not done: $message";
}

/** Overwrite what tells who a person is. $columns: column -> new value (null empties it); unknown ones are left out. */
function anonymise(string $table, int $id, array $columns): string
{
    global $db;
    $known = [];
    for ($answer = $db->query("SHOW COLUMNS FROM llx_$table"); $row = $db->fetch_array($answer);) {
        $known[$row['Field']] = true;
    }
    $columns = array_intersect_key($columns, $known);
    $sets = array_map(
        fn ($name, $value) => "$name = " . ($value === null ? 'NULL' : "'" . $db->escape((string) $value) . "'"),
        array_keys($columns),
        $columns
    );
    $done = $db->query("UPDATE llx_$table SET " . implode(', ', $sets) . " WHERE rowid = $id");
    return $done ? 'anonymised' : trouble($db->lasterror());
}

/** Return the columns that nobody needs after an erasure, emptied. */
function emptied(string ...$names): array
{
    return array_fill_keys($names, null);
}

/** A member whose dues are in the accounts stays there without a name; others are deleted with their dues and files. */
function erase_member(int $id): string
{
    global $conf, $db, $user;
    $member = new Adherent($db);
    if ($member->fetch($id) <= 0) {
        return trouble($member->error);
    }
    foreach (array_unique([(string) $member->id, (string) $member->ref]) as $folder) {
        $folder === '' || dol_delete_dir_recursive(DOL_DATA_ROOT . "/adherent/$folder");
    }
    $paid = $db->num_rows($db->query("SELECT rowid FROM llx_subscription WHERE fk_adherent = $id AND fk_bank > 0"));
    if (!$paid && !$member->fk_soc) {
        return $member->delete($user) > 0 ? 'deleted' : trouble($member->error);
    }
    return anonymise('adherent', $id, [
        'lastname' => "anonymous $id", 'firstname' => '', 'statut' => 0, 'pass' => '', 'pass_crypted' => '',
    ] + emptied('login', 'societe', 'address', 'zip', 'town', 'email', 'url', 'phone', 'phone_perso', 'phone_mobile',
        'birth', 'birth_place', 'photo', 'note_public', 'note_private', 'ip', 'socialnetworks'))
        . '; the dues are kept: they are in the accounts';
}

function erase_gift(int $id): string
{
    global $db, $user;
    $gift = new Don($db);
    if ($gift->fetch($id) <= 0) {
        return trouble($gift->error);
    }
    if ((int) $gift->status >= Don::STATUS_PAID) {
        return 'kept: a gift that was paid, and its tax receipt, have to be kept by law';
    }
    return $gift->delete($user) > 0 ? 'deleted' : trouble($gift->error);
}

function erase_contact(int $id): string
{
    global $db, $user;
    $contact = new Contact($db);
    $done = $contact->fetch($id) > 0 && $contact->delete($user) > 0;
    return $done ? 'deleted' : trouble($contact->error ?: implode(', ', $contact->errors));
}

/** A third party with invoices, quotes or other records stays: Dolibarr refuses to delete it, and so does the law. */
function erase_party(int $id): string
{
    global $db, $user;
    $party = new Societe($db);
    if ($party->fetch($id) > 0 && $party->delete($id, $user) > 0) {
        return 'deleted';
    }
    return 'kept: invoices or other records hang on it, which have to be kept by law';
}

/** An account is never deleted, as what others did with it refers to it: it is closed and loses its name. */
function close_account(int $id): string
{
    global $db;
    $others = $db->query("SELECT rowid FROM llx_user WHERE admin = 1 AND statut = 1 AND rowid <> $id");
    if ($id === first_administrator() && !$db->num_rows($others)) {
        return trouble('this is the last administrator: make another one first');
    }
    return anonymise('user', $id, [
        'login' => "anonymous$id", 'lastname' => "anonymous $id", 'firstname' => '', 'statut' => 0, 'admin' => 0,
    ] + emptied('pass', 'pass_crypted', 'pass_temp', 'api_key', 'email', 'personal_email', 'address', 'zip', 'town',
        'birth', 'photo', 'office_phone', 'office_fax', 'user_mobile', 'personal_mobile', 'signature', 'job',
        'birth_place', 'email_oauth2', 'openid', 'note_public', 'note_private', 'socialnetworks', 'idpers1', 'idpers2',
        'idpers3', 'national_registration_number', 'iplastlogin', 'ippreviouslogin', 'ldap_sid'));
}
