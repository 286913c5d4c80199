<?php
// Given "export" or "erase" and a user name or an e-mail address: print what Kanboard knows of that person as JSON; or
// remove the account. Tasks and comments of common projects stay, without a name; private projects go. Given "people":
// every user name and address that "erase" takes, a line each.
chdir('/var/www/app');
require '/var/www/app/app/common.php';
[$what, $who] = [$argv[1] ?? '', $argv[2] ?? ''];
[$users, $db] = [$container['userModel'], $container['db']];
if ($what === 'people') {
    $known = [];
    foreach ($users->getAll() as $user) {
        foreach (array_filter([$user['username'], $user['email']]) as $name) {
            $known[$name][$user['id']] = "$name\n";
        }
    }
    // What names several accounts names nobody: once one was erased, it would erase the next.
    exit(implode('', array_map('current', array_filter($known, fn (array $same): bool => count($same) === 1))));
}
$id = $users->getIdByUsername($who) ?: ($users->getByEmail($who)['id'] ?? 0);
if (!$id && $what === 'erase') {
    exit("no account of $who: nothing to erase\n");
}
if (!$id || !in_array($what, ['export', 'erase'], true)) {
    fwrite(STDERR, "wanted: people, or export or erase and the name or e-mail address of an account\n");
    exit(1);
}
$rows = fn (string $table, string $column): array => $db->table($table)->eq($column, $id)->findAll();
if ($what === 'export') {
    $hidden = array_flip(['password', 'token', 'twofactor_secret', 'api_access_token']);
    $form = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
    echo json_encode([
        'account' => array_diff_key($users->getById($id), $hidden),
        'tasks made' => $rows('tasks', 'creator_id'),
        'tasks in charge of' => $rows('tasks', 'owner_id'),
        'subtasks' => $rows('subtasks', 'user_id'),
        'comments' => $rows('comments', 'user_id'),
        'time' => $rows('subtask_time_tracking', 'user_id'),
        'activity' => $rows('project_activities', 'creator_id'),
        'last sign-ins' => $rows('last_logins', 'user_id'),
    ], $form | JSON_THROW_ON_ERROR), "\n";
    exit;
}
$others = array_filter($users->getAll(), fn ($user) => $user['role'] === 'app-admin' && $user['id'] != $id);
if (!$others) {
    fwrite(STDERR, "this is the last administrator: make another one first\n");
    exit(1);
}
exit($users->remove($id) ? 0 : 1);
