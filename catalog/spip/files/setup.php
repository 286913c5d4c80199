<?php
// Install SPIP, or bring an installed one up to date and to its address. May be run again at any time.
// With "check" alone: is there an administrator? With "password" and a login: sets it, from standard input's first line.
require __DIR__ . '/load.php';
require __DIR__ . '/install.php';
$installed = is_file('/var/www/html/config/connect.php');
if (($argv[1] ?? '') === 'check') {
    $installed || exit(1);
    require __DIR__ . '/site.php';
    exit(sql_countsel('spip_auteurs', "statut='0minirezo' AND webmestre='oui'") ? 0 : 1);
}
if (($argv[1] ?? '') === 'password') {
    $installed || fail('SPIP is not installed yet');
    require __DIR__ . '/site.php';
    set_password((string) ($argv[2] ?? ''), rtrim((string) fgets(STDIN), "\n"));
    exit;
}
if ($installed) {
    follow_password();
}
$new = !$installed;
if ($new) {
    install();
}
require __DIR__ . '/site.php';
if ($new) {
    first_choices();
} else {
    upgrade();
}
follow_address((string) getenv('URL'));

/** Give an account a new password. */
function set_password(string $login, string $password): void
{
    include_spip('action/editer_auteur');
    $id = (int) sql_getfetsel('id_auteur', 'spip_auteurs', 'login=' . sql_quote($login));
    $id || fail("there is no account $login");
    include_spip('inc/autoriser');
    autoriser_exception('modifier', 'auteur', $id);
    $wrong = auteur_modifier($id, ['pass' => $password]);
    $wrong && fail((string) $wrong);
}

/** SPIP keeps the database's password in a file of its own: the secret is what counts. */
function follow_password(): void
{
    $file = '/var/www/html/config/connect.php';
    $before = (string) file_get_contents($file);
    $place = "/^(spip_connect_db\\('db','[^']*','spip',')[^']*(')/m";
    $after = preg_replace_callback($place, fn ($found) => $found[1] . secret('db_password') . $found[2], $before, 1, $count);
    $count || fail("$file is not as SPIP writes it");
    if ($after !== $before) {
        file_put_contents("$file.new", $after) && chmod("$file.new", 0640) && rename("$file.new", $file)
            || fail("cannot write $file");
    }
}

/** What an association's site begins with; the administrators may change it later. */
function first_choices(): void
{
    $metas = [
        'nom_site' => getenv('ASSOCIATION'), 'email_webmaster' => getenv('CONTACT'),
        'langue_site' => getenv('LANGUAGE'),
        'accepter_inscriptions' => 'non', 'accepter_visiteurs' => 'non', 'forums_publics' => 'non',
        'activer_statistiques' => 'non',
    ];
    array_walk($metas, fn ($value, $name) => ecrire_meta($name, (string) $value));
    sql_updateq('spip_auteurs', ['lang' => (string) getenv('LANGUAGE')], "webmestre='oui'");
    // Articles lie in sections: there is one to begin with.
    $section = sql_insertq('spip_rubriques', [
        'titre' => getenv('LANGUAGE') === 'fr' ? 'Actualités' : 'News', 'lang' => (string) getenv('LANGUAGE'),
        'statut' => 'prepa', 'statut_tmp' => 'prepa', 'date' => date('Y-m-d H:i:s'),
    ]);
    sql_updateq('spip_rubriques', ['id_secteur' => $section], "id_rubrique=$section");
    echo "installed SPIP {$GLOBALS['spip_version_branche']}\n";
}

/** Bring the tables of SPIP and of its plugins to the version of the code. */
function upgrade(): void
{
    include_spip('base/upgrade');
    include_spip('inc/plugin');
    // Upgrading prints pages.
    ob_start();
    $before = $GLOBALS['meta']['version_installee'] ?? '';
    if ((string) $before !== (string) $GLOBALS['spip_version_base']) {
        include_spip('base/create');
        creer_base();
        maj_base();
    }
    actualise_plugins_actifs();
    plugin_installes_meta();
    ob_end_clean();
    $after = $GLOBALS['meta']['version_installee'];
    echo (string) $before === (string) $after ? '' : "tables: $before -> $after\n";
}

/** Store the site's address; when it has changed, change it in the texts too. */
function follow_address(string $url): void
{
    $old = (string) ($GLOBALS['meta']['adresse_site'] ?? '');
    if ($old === $url) {
        return;
    }
    ecrire_meta('adresse_site', $url);
    if (str_starts_with($old, 'https://')) {
        $texts = [
            'spip_articles' => ['chapo', 'texte', 'ps', 'descriptif', 'url_site'],
            'spip_rubriques' => ['texte', 'descriptif'],
        ];
        foreach ($texts as $table => $fields) {
            foreach ($fields as $field) {
                $change = "REPLACE($field, " . sql_quote($old) . ', ' . sql_quote($url) . ')';
                sql_update($table, [$field => $change], "$field LIKE " . sql_quote("%$old%"));
            }
        }
        echo "address: $old -> $url\n";
    }
    include_spip('inc/invalideur');
    purger_repertoire(_DIR_CACHE);
}
