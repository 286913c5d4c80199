<?php
// Given "run" and a number of days: delete visitors' comments that are older, those refused and spam included. Given
// "aged": print how many there are. Conversations of the authors among themselves stay.
require __DIR__ . '/load.php';
[$what, $days] = [$argv[1] ?? '', $argv[2] ?? ''];
if (!in_array($what, ['run', 'aged'], true) || !preg_match('/^[1-9][0-9]{0,4}$/', $days)) {
    fail('wanted: run or aged, and a number of days');
}
require __DIR__ . '/site.php';
$limit = date('Y-m-d H:i:s', time() - (int) $days * 86400);
$old = sql_allfetsel('id_forum', 'spip_forum', ["statut NOT LIKE 'priv%'", 'date_heure < ' . sql_quote($limit)]);
$old = array_map('intval', array_column($old, 'id_forum'));
if ($what === 'aged') {
    exit(count($old) . "\n");
}
foreach ($old as $id) {
    // A younger answer stays, as the beginning of a conversation of its own.
    foreach (sql_allfetsel('id_forum', 'spip_forum', "id_parent=$id") as $row) {
        sql_updateq('spip_forum', ['id_parent' => 0, 'id_thread' => (int) $row['id_forum']], "id_forum=$row[id_forum]");
    }
    sql_delete('spip_documents_liens', ["objet='forum'", "id_objet=$id"]);
    sql_delete('spip_forum', "id_forum=$id") !== false || fail("comment $id stays");
}
if ($old) {
    include_spip('inc/invalideur');
    purger_repertoire(_DIR_CACHE);
}
