<?php
// Set up an installed Dolibarr for an association. May be run again at any time: what the administrators chose in the
// meantime stays, only what the platform decides (mail relay, calls home, address) is set each time.
// Given: ASSOCIATION CONTACT LANGUAGE ADMINISTRATOR. With "check" alone: is there an administrator who may sign in?
require __DIR__ . '/load.php';
if (($argv[1] ?? '') === 'check') {
    exit($db->num_rows($db->query("SELECT rowid FROM llx_user WHERE admin = 1 AND statut = 1 LIMIT 1")) ? 0 : 1);
}
count($argv) === 5 || fail('wanted: ASSOCIATION CONTACT LANGUAGE ADMINISTRATOR, or check');
[, $association, $contact, $language, $administrator] = $argv;
$user->fetch('', $administrator) > 0 || $user->fetch(first_administrator()) > 0 || fail('no administrator');
$user->loadRights();

// Modules read the country while they are switched on: this comes first.
propose('MAIN_INFO_SOCIETE_NOM', $association);
propose('MAIN_INFO_SOCIETE_MAIL', $contact);
propose('MAIN_INFO_SOCIETE_COUNTRY', country(getenv('COUNTRY')));
propose('MAIN_MONNAIE', getenv('CURRENCY'));
propose('MAIN_LANG_DEFAULT', ['fr' => 'fr_FR', 'en' => 'en_US'][$language] ?? 'auto');
propose('MAIN_MAIL_EMAIL_FROM', getenv('MAIL_FROM'));
$mysoc->setMysoc($conf);
close_calls_home();
mail_relay();
propose_modules();
impose('CRON_KEY', secret('cron_key'), 0);
// From version 24 each request with its SQL, names and all, would go to a file that grows for ever: warnings only.
propose('SYSLOG_LEVEL', '4', 0);
member_type($language);
data_policy((int) getenv('ANONYMIZE_AFTER_MONTHS'));
exit($GLOBALS['wrong'] ?? 0);

/** Return a country as Dolibarr keeps it: "1:FR:France". */
function country(string $code): string
{
    global $db;
    $row = $db->fetch_object($db->query("SELECT rowid, label FROM llx_c_country WHERE code = '" . $db->escape($code) . "'"));
    return $row ? "$row->rowid:$code:$row->label" : fail("no country $code");
}

/** The first sign-in of each version would tell ping.dolibarr.org; module BlockedLog would tell who the association is. */
function close_calls_home(): void
{
    impose('MAIN_FIRST_PING_OK_DATE', '20200101000000');
    impose('MAIN_FIRST_PING_OK_ID', 'disabled');
    // A page the proxy refuses: what still calls home fails here and is noted as not done.
    impose('MAIN_URL_FOR_PING', getenv('DOLI_URL_ROOT') . '/conf/');
}

/** Hand over the association's mail relay; without one Dolibarr sends nothing, and says so. */
function mail_relay(): void
{
    $host = getenv('MAIL_HOST');
    $security = getenv('MAIL_SECURITY');
    impose('MAIN_DISABLE_ALL_MAILS', $host ? '' : '1');
    impose('MAIN_MAIL_SENDMODE', 'smtps');
    impose('MAIN_MAIL_SMTP_SERVER', $host);
    impose('MAIN_MAIL_SMTP_PORT', getenv('MAIL_PORT'));
    impose('MAIN_MAIL_SMTPS_ID', getenv('MAIL_USER'));
    impose('MAIN_MAIL_SMTPS_PW', getenv('MAIL_USER') ? secret('mail_password') : '');
    impose('MAIN_MAIL_EMAIL_TLS', $security === 'tls' ? '1' : '0');
    impose('MAIN_MAIL_EMAIL_STARTTLS', $security === 'starttls' ? '1' : '0');
}

/** Switch on the modules of the setting MODULES, each once: one that an administrator switched off later stays off. */
function propose_modules(): void
{
    global $conf, $db;
    // Cron runs planned tasks, DataPolicy forgets people in time: the platform counts on both.
    foreach (array_unique([...explode(',', getenv('MODULES')), 'Cron', 'DataPolicy']) as $module) {
        if (proposed("module $module") === 'on') {
            continue;
        }
        if (!is_file(DOL_DOCUMENT_ROOT . "/core/modules/mod$module.class.php")) {
            wrong("there is no module $module (upper and lower case matter)");
            continue;
        }
        $answer = activateModule("mod$module");
        if (!empty($answer['errors'])) {
            wrong("module $module: " . implode(', ', (array) $answer['errors']));
            continue;
        }
        remember("module $module", 'on');
        $conf->setValues($db);
        echo "module $module: on\n";
    }
}

/** A member needs a type: without one nobody can add the first member. */
function member_type(string $language): void
{
    global $db, $user;
    if (!isModEnabled('member') || $db->num_rows($db->query('SELECT rowid FROM llx_adherent_type LIMIT 1'))) {
        return;
    }
    require_once DOL_DOCUMENT_ROOT . '/adherents/class/adherent_type.class.php';
    $type = new AdherentType($db);
    $type->label = ['fr' => 'Adhérent'][$language] ?? 'Member';
    $type->status = 1;
    $type->morphy = '';
    $type->subscription = '1';
    $type->vote = 1;
    $type->caneditamount = 1;
    $type->duration_value = 1;
    $type->duration_unit = 'y';
    $type->create($user) > 0 ? print("member type: $type->label\n") : wrong("member type: $type->error");
}

/** Months without activity after which module DataPolicy anonymises prospects, contacts and former members; 0: never. */
function data_policy(int $months): void
{
    global $db;
    foreach (['TIERS_PROSPECT', 'TIERS_NIPROSPECT_NICLIENT', 'CONTACT_PROSPECT', 'CONTACT_NIPROSPECT_NICLIENT', 'ADHERENT'] as $who) {
        propose("DATAPOLICY_{$who}_ANONYMIZE_DELAY", $months ? (string) $months : '');
    }
    // Made switched off by the module in older versions.
    if ($months && proposed('DATAPOLICYJob') !== 'on') {
        $db->query("UPDATE llx_cronjob SET status = 1 WHERE label = 'DATAPOLICYJob'");
        remember('DATAPOLICYJob', 'on');
    }
}
