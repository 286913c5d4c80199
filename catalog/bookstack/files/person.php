<?php
// Given "export" or "erase" and an e-mail address: print what BookStack knows of that person as JSON; or delete the
// account. Pages stay, without the name, and belong to the oldest administrator left.
// Given "people": every address that "erase" takes, a line each.
require __DIR__ . '/load.php';

use BookStack\Activity\Models\Activity;
use BookStack\Activity\Models\Comment;
use BookStack\Entities\Models\Page;
use BookStack\Entities\Models\PageRevision;
use BookStack\Users\Models\User;
use BookStack\Users\UserRepo;

[$what, $email] = [$argv[1] ?? '', $argv[2] ?? ''];
if ($what === 'people') {
    // Without the guest, whom BookStack is born with.
    $known = User::query()->whereNull('system_name')->pluck('email');
    exit($known->map(fn (string $one): string => "$one\n")->implode(''));
}
$person = User::query()->where('email', '=', $email)->first();
if (!$person && $what === 'erase') {
    exit("no account of $email: nothing to erase\n");
}
$person ?? fail("no account of $email");
if ($what === 'export') {
    $of = fn (string $model, string $column): array =>
        $model::query()->where($column, '=', $person->id)->get()->toArray();
    $form = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
    echo json_encode([
        'account' => $person->only(['id', 'name', 'email', 'created_at', 'updated_at', 'email_confirmed']),
        'roles' => $person->roles()->pluck('display_name'),
        'pages made' => $of(Page::class, 'created_by'),
        'versions' => $of(PageRevision::class, 'created_by'),
        'comments' => $of(Comment::class, 'created_by'),
        'activity' => $of(Activity::class, 'user_id'),
    ], $form | JSON_THROW_ON_ERROR), "\n";
    exit(0);
}
$what === 'erase' || fail('wanted: people, or export or erase and an e-mail address');
$heir = administrators()->first(fn ($admin) => $admin->id !== $person->id) ?? fail('this is the last administrator');
app(UserRepo::class)->destroy($person, $heir->id);
echo "deleted the account of $email; its pages belong to {$heir->email}\n";
