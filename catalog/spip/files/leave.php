<?php
// Given an e-mail address or a login: the author goes to the bin, so that nobody signs in by it; its sessions end. Its
// articles stay, under its name. Prints changed, unchanged or unknown.
require __DIR__ . '/load.php';
$who = $argv[1] ?? '';
require __DIR__ . '/site.php';
include_spip('inc/session');
$accounts = sql_allfetsel('*', 'spip_auteurs', 'email=' . sql_quote($who) . ' OR login=' . sql_quote($who));
$answer = 'unknown';
foreach ($accounts as $account) {
    $id = (int) $account['id_auteur'];
    $others = sql_countsel('spip_auteurs', "webmestre='oui' AND statut='0minirezo' AND id_auteur<>$id");
    if ($account['webmestre'] === 'oui' && !$others) {
        fail('this is the last administrator: make another one first');
    }
    if ($account['statut'] === '5poubelle') {
        $answer = $answer === 'changed' ? $answer : 'unchanged';
    } else {
        $closed = ['statut' => '5poubelle', 'webmestre' => 'non', 'pass' => '', 'htpass' => '', 'low_sec' => '',
            'cookie_oubli' => ''];
        sql_updateq('spip_auteurs', $closed, "id_auteur=$id");
        $answer = 'changed';
    }
    supprimer_sessions($id);
}
echo "$answer\n";
