<?php
// Given "export" or "erase" and an e-mail address: print what SPIP knows of that person, as JSON; or erase it and print
// what was erased. Articles stay, without that author.
require __DIR__ . '/load.php';
[$what, $email] = [$argv[1] ?? '', $argv[2] ?? ''];
if (!in_array($what, ['export', 'erase'], true) || !filter_var($email, FILTER_VALIDATE_EMAIL)) {
    fail('wanted: export or erase, and an e-mail address');
}
require __DIR__ . '/site.php';
$accounts = sql_allfetsel('*', 'spip_auteurs', 'email=' . sql_quote($email));
$report = $what === 'export' ? export($accounts, $email) : erase($accounts, $email);
$form = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
echo json_encode($report, $form | JSON_THROW_ON_ERROR), "\n";

function export(array $accounts, string $email): array
{
    $hidden = array_flip([
        'pass', 'htpass', 'low_sec', 'alea_actuel', 'alea_futur', 'cookie_oubli', 'backup_cles', 'prefs',
    ]);
    $found = ['comments' => sql_allfetsel('*', 'spip_forum', 'email_auteur=' . sql_quote($email))];
    foreach ($accounts as $account) {
        $id = (int) $account['id_auteur'];
        $found['accounts'][] = array_diff_key($account, $hidden) + [
            'articles' => sql_allfetsel(
                'a.id_article, a.titre, a.chapo, a.texte, a.ps, a.date, a.statut',
                'spip_articles AS a JOIN spip_auteurs_liens AS l ON l.id_objet = a.id_article',
                "l.objet='article' AND l.id_auteur=$id"
            ),
            'messages' => there('spip_messages') ? sql_allfetsel('*', 'spip_messages', "id_auteur=$id") : [],
            'revisions' => sql_allfetsel('objet, id_objet, date', 'spip_versions', "id_auteur=$id"),
            'comments' => sql_allfetsel('*', 'spip_forum', "id_auteur=$id"),
        ];
    }
    return $found;
}

function erase(array $accounts, string $email): array
{
    include_spip('inc/session');
    include_spip('inc/acces');
    $report = [];
    $nobody = ['auteur' => '', 'email_auteur' => '', 'nom_site' => '', 'url_site' => '', 'ip' => '', 'id_auteur' => 0];
    foreach ($accounts as $account) {
        $id = (int) $account['id_auteur'];
        $administrators = sql_countsel('spip_auteurs', "webmestre='oui' AND statut='0minirezo'");
        if ($account['webmestre'] === 'oui' && $administrators < 2) {
            fail('this is the last administrator: make another one first');
        }
        sql_updateq('spip_forum', $nobody, "id_auteur=$id");
        sql_updateq('spip_versions', ['id_auteur' => ''], "id_auteur=$id");
        // The internal mail, the address made of the name, and what a sign-in left.
        there('spip_messages') && sql_delete('spip_messages', "id_auteur=$id");
        there('spip_urls') && sql_delete('spip_urls', "type='auteur' AND id_objet=$id");
        sql_delete('spip_auteurs_liens', "id_auteur=$id OR objet='auteur' AND id_objet=$id");
        supprimer_sessions($id, true);
        sql_delete('spip_auteurs', "id_auteur=$id");
        $report[] = "account {$account['login']} deleted; its articles stay, without author";
    }
    $count = sql_countsel('spip_forum', 'email_auteur=' . sql_quote($email));
    sql_updateq('spip_forum', $nobody, 'email_auteur=' . sql_quote($email));
    $report[] = "$count comments without name and address now";
    include_spip('inc/invalideur');
    purger_repertoire(_DIR_CACHE);
    ecrire_acces();
    return $report;
}

/** Is there this table? Internal mail and addresses are those of plugins. */
function there(string $table): bool
{
    return (bool) sql_showtable($table, true);
}
