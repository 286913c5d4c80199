<?php
// Given "export" or "erase" and a user name or an e-mail address: print what Kanboard knows of that person as JSON; or
// remove the account. Tasks and comments of common projects stay, without a name; private projects go.
chdir('/var/www/app');
require '/var/www/app/app/common.php';
[$what, $who] = [$argv[1] ?? '', $argv[2] ?? ''];
[$users, $db] = [$container['userModel'], $container['db']];
$id = $users->getIdByUsername($who) ?: ($users->getByEmail($who)['id'] ?? 0);
if (!$id || !in_array($what, ['export', 'erase'], true)) {
    fwrite(STDERR, "wanted: export or erase, and the name or e-mail address of an account\n");
    exit(1);
}
$rows = fn (string $table, string $column): array => $db->table($table)->eq($column, $id)->findAll();
if ($what === 'export') {
    $hidden = array_flip(['password', 'token', 'twofactor_secret', 'api_access_token']);
    echo json_encode([
        'account' => array_diff_key($users->getById($id), $hidden),
        'tasks made' => $rows('tasks', 'creator_id'),
        'tasks in charge of' => $rows('tasks', 'owner_id'),
        'subtasks' => $rows('subtasks', 'user_id'),
        'comments' => $rows('comments', 'user_id'),
        'time' => $rows('subtask_time_tracking', 'user_id'),
        'activity' => $rows('project_activities', 'creator_id'),
        'last sign-ins' => $rows('last_logins', 'user_id'),
    ], JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";
    exit;
}
$others = array_filter($users->getAll(), fn ($user) => $user['role'] === 'app-admin' && $user['id'] != $id);
if (!$others) {
    fwrite(STDERR, "this is the last administrator: make another one first\n");
    exit(1);
}
exit($users->remove($id) ? 0 : 1);
