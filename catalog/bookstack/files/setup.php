<?php
// Given URL, title and contact: give admin@admin.com, whom every BookStack is born with, the contact's address and our
// password; keep the probe's key; follow a new address. With "check": is there an administrator, and not that one? With
// "password" and an address: that account takes the password on the first line of standard input.
require __DIR__ . '/load.php';

use BookStack\Api\ApiToken;
use BookStack\Users\Models\User;
use Illuminate\Support\Facades\Artisan;
use Illuminate\Support\Facades\Hash;

$born = User::query()->where('email', '=', 'admin@admin.com')->first();
if (($argv[1] ?? '') === 'check') {
    $born && fail('admin@admin.com is still there');
    exit(administrators()->isEmpty() ? 1 : 0);
}
if (($argv[1] ?? '') === 'password') {
    $person = User::query()->where('email', '=', $argv[2] ?? '')->first() ?? fail('there is no account ' . ($argv[2] ?? ''));
    $person->password = Hash::make(rtrim((string) fgets(STDIN), "\n"));
    $person->save();
    exit;
}
count($argv) === 4 || fail('wanted: URL TITLE CONTACT, or check');
[, $url, $title, $contact] = $argv;

if ($born) {
    $born->name = 'Admin';
    $born->email = $contact;
    $born->email_confirmed = true;
    $born->password = Hash::make(secret('admin_password'));
    $born->save();
    setting()->put('app-name', $title);
    echo "the administrator signs in as $contact\n";
}

$token = ApiToken::query()->where('token_id', '=', 'provisionerprobe')->first();
if (!$token || !$token->user || !Hash::check(secret('probe_token'), $token->secret)) {
    $admin = administrators()->first() ?? fail('no administrator to give the probe its key');
    $token ??= new ApiToken();
    $token->forceFill([
        'name' => 'provisioner: probe', 'token_id' => 'provisionerprobe', 'secret' => Hash::make(secret('probe_token')),
        'user_id' => $admin->id, 'expires_at' => ApiToken::defaultExpiry(),
    ])->save();
    echo "made the probe's key\n";
}

$known = (string) setting('provisioner-url', '');
if ($known !== $url) {
    if ($known !== '') {
        $done = Artisan::call('bookstack:update-url', ['oldUrl' => $known, 'newUrl' => $url, '--force' => true]);
        $done === 0 || fail(Artisan::output());
        Artisan::call('cache:clear');
        echo "address: $known -> $url\n";
    }
    setting()->put('provisioner-url', $url);
}
