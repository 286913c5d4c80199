<?php
// Given URL, language, contact and the administrator's name: end admin/admin, set language and time zone once, and the
// address each time. With "password" and a name: that account takes the first line of standard input. With "check" and the administrator's name: does an administrator exist, and does admin/admin fail?
chdir('/var/www/app');
require '/var/www/app/app/common.php';
[$users, $config] = [$container['userModel'], $container['configModel']];

function fail(string $message): never
{
    fwrite(STDERR, "$message\n");
    exit(1);
}

/** Return whether an account takes the password that every Kanboard is born with. */
function takes_default(array $user): bool
{
    return password_verify('admin', (string) ($user['password'] ?? ''));
}

if (($argv[1] ?? '') === 'check') {
    foreach ($users->getAll() as $user) {
        takes_default($users->getById($user['id'])) && fail("{$user['username']} still has the first password");
    }
    $administrators = array_filter($users->getAll(), fn ($user) => $user['role'] === 'app-admin' && $user['is_active']);
    exit($administrators ? 0 : 1);
}

if (($argv[1] ?? '') === 'password') {
    $id = $users->getIdByUsername($argv[2] ?? '') ?: fail('there is no account ' . ($argv[2] ?? ''));
    $users->update(['id' => $id, 'password' => rtrim((string) fgets(STDIN), "\n")]) || fail('the password was not taken');
    exit;
}
count($argv) === 5 || fail('wanted: URL LANGUAGE CONTACT ADMINISTRATOR, or check');
[, $url, $language, $contact, $name] = $argv;
$admin = $users->getByUsername('admin');
if ($admin && takes_default($users->getById($admin['id']))) {
    $password = trim((string) file_get_contents('/run/secrets/admin_password'));
    strlen($password) >= 16 || fail('no password for the administrator');
    $values = ['id' => $admin['id'], 'username' => $name, 'email' => $contact, 'password' => $password];
    $users->update($values) || fail('the first password could not be replaced');
    $config->save([
        'application_language' => ['fr' => 'fr_FR', 'en' => 'en_US'][$language] ?? 'fr_FR',
        'application_timezone' => getenv('TZ') ?: 'Europe/Paris',
        'application_currency' => 'EUR',
        'application_date_format' => 'd/m/Y',
        'application_time_format' => 'H:i',
    ]) || fail('the settings could not be saved');
    echo "the administrator $name has its own password\n";
}
$wanted = rtrim($url, '/') . '/';
if ($config->getOption('application_url') !== $wanted) {
    $config->save(['application_url' => $wanted]) || fail('the address could not be saved');
    echo "address: $wanted\n";
}
