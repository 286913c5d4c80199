<?php
// Given an installed Dolibarr, load it as its own command-line programs do, then what the programs of this folder share.
require __DIR__ . '/common.php';
foreach (['NOLOGIN', 'NOSESSION', 'NOTOKENRENEWAL', 'NOREQUIREMENU', 'NOREQUIREHTML', 'NOREQUIREAJAX'] as $name) {
    define($name, '1');
}
// Without a database Dolibarr would print that, and end well; this raises.
database()->close();
require '/var/www/html/master.inc.php';
require_once DOL_DOCUMENT_ROOT . '/core/lib/admin.lib.php';
require_once DOL_DOCUMENT_ROOT . '/user/class/user.class.php';
error_reporting(E_ERROR | E_PARSE);

/** Return the number of the first administrator who may sign in; 0 without one. */
function first_administrator(): int
{
    global $db;
    $row = $db->fetch_object($db->query('SELECT rowid FROM llx_user WHERE admin = 1 AND statut = 1 ORDER BY rowid LIMIT 1'));
    return $row ? (int) $row->rowid : 0;
}

/** Say what went wrong and go on; the program fails at its end. */
function wrong(string $message): void
{
    fwrite(STDERR, "Error: $message\n");
    $GLOBALS['wrong'] = 1;
}

/** Set a constant of Dolibarr unless it is so already. An empty value removes it. Entity 1 is the association, 0 all. */
function impose(string $name, string|false $value, int $entity = 1): void
{
    global $conf, $db;
    $value = (string) $value;
    if (getDolGlobalString($name) === $value) {
        return;
    }
    $db->query("DELETE FROM llx_const WHERE name = '" . $db->escape($name) . "'");
    dolibarr_set_const($db, $name, $value, 'chaine', 0, 'provisioner', $entity) > 0 || wrong("cannot set $name");
    $conf->global->$name = $value;
    echo preg_match('/_(PW|KEY)$/', $name) ? "$name: set\n" : "$name: $value\n";
}

/** Set a constant when the value proposed has changed: what an administrator chose meanwhile stays. */
function propose(string $name, string|false $value, int $entity = 1): void
{
    if (proposed($name) !== (string) $value) {
        impose($name, $value, $entity);
        remember($name, (string) $value);
    }
}

/** Return what was proposed under that name the last time; null: nothing yet. */
function proposed(string $name): ?string
{
    return (json_decode(getDolGlobalString('PROVISIONER_PROPOSED'), true) ?: [])[$name] ?? null;
}

function remember(string $name, string $value): void
{
    global $conf, $db;
    $all = [$name => $value] + (json_decode(getDolGlobalString('PROVISIONER_PROPOSED'), true) ?: []);
    $text = json_encode($all, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    dolibarr_set_const($db, 'PROVISIONER_PROPOSED', $text, 'chaine', 0, 'provisioner', 0);
    $conf->global->PROVISIONER_PROPOSED = $text;
}
