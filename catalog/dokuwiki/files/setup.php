<?php
// Write what the web installer would ask for, and what an association's wiki needs. May be run again at any time.
// Given: URL title e-mail language administrator readers extensions. With "check" alone: is there an administrator?
// With "password" and an account's name: it takes the password on the first line of standard input.
const CONF = '/storage/conf/';
if (($argv[1] ?? '') === 'password') {
    set_password((string) ($argv[2] ?? ''));
    exit;
}
if (!in_array(count($argv), [2, 8], true)) {
    fail('wanted: URL TITLE E-MAIL LANGUAGE ADMINISTRATOR READERS EXTENSIONS, or check');
}
if ($argv[1] === 'check') {
    exit(administrators() ? 0 : 1);
}
[, $url, $title, $email, $language, $administrator, $readers, $extensions] = $argv;
if (!administrators()) {
    add_administrator($administrator, $email);
}
grant_readers($readers);
if (!file_exists(CONF . 'local.php')) {
    write('local.php', settings(['title' => $title, 'lang' => $language, 'license' => '']));
}
write('local.protected.php', settings([
    'baseurl' => $url, 'basedir' => '/', 'useacl' => 1, 'authtype' => 'authplain', 'passcrypt' => 'bcrypt',
    'superuser' => '@admin', 'disableactions' => 'register', 'remote' => 1, 'remoteuser' => '@user',
    'updatecheck' => 0, 'securecookie' => 1, 'mailfrom' => $email,
]) . "// Edits keep the author's name, not the address of the computer.\n"
  . "unset(\$_SERVER['HTTP_X_FORWARDED_FOR'], \$_SERVER['HTTP_X_REAL_IP']);\n");
write('plugins.protected.php', "<?php\n\$plugins['popularity'] = 0;\n\$plugins['upgrade'] = 0;\n"
  . "\$plugins['extension'] = " . ($extensions === 'open' ? 1 : 0) . ";\n");

/** Say what went wrong and end with a failure. */
function fail(string $message): never
{
    fwrite(STDERR, "Error: $message\n");
    exit(1);
}

/** Write a file of the configuration in one step, when it says something else. */
function write(string $name, string $text): void
{
    if (@file_get_contents(CONF . $name) === $text) {
        return;
    }
    if (file_put_contents(CONF . "$name.new", $text) !== strlen($text) || !rename(CONF . "$name.new", CONF . $name)) {
        fail("cannot write $name");
    }
    echo "wrote $name\n";
}

/** Given names and values, return the PHP text that sets them in DokuWiki's configuration. */
function settings(array $values): string
{
    $text = "<?php\n";
    foreach ($values as $name => $value) {
        $text .= "\$conf['$name'] = " . var_export($value, true) . ";\n";
    }
    return $text;
}

/** Return the lines of users.auth.php whose user is in the group admin. */
function administrators(): array
{
    $lines = @file(CONF . 'users.auth.php', FILE_IGNORE_NEW_LINES) ?: [];
    return preg_grep('/^[^#:]+:[^:]+:[^:]*:[^:]*:([^:]*,)?admin(,|$)/', $lines);
}

/** Add the first administrator, whose password is the secret. */
function add_administrator(string $name, string $email): void
{
    $password = password_hash(trim((string) file_get_contents('/run/secrets/admin_password')), PASSWORD_BCRYPT);
    $users = @file_get_contents(CONF . 'users.auth.php') ?: "# users.auth.php\n# <?php exit()?>\n";
    write('users.auth.php', "$users$name:$password:$name:$email:admin,user\n");
}

/** Give an account the password on the first line of standard input; whoever is signed in with the old one is out. */
function set_password(string $name): void
{
    $password = password_hash(rtrim((string) fgets(STDIN), "\n"), PASSWORD_BCRYPT);
    $lines = (string) @file_get_contents(CONF . 'users.auth.php');
    $place = '/^(' . preg_quote($name, '/') . ':)[^:]*(:.*)$/m';
    preg_match($place, $lines) || fail("there is no account $name");
    write('users.auth.php', preg_replace_callback($place, fn ($found) => $found[1] . $password . $found[2], $lines));
}

/** Let everyone read, or only those who sign in. Other lines of the access rules are the administrators' own. */
function grant_readers(string $readers): void
{
    $level = ['members' => 0, 'everyone' => 1][$readers] ?? fail("READERS is members or everyone, not $readers");
    $rules = @file_get_contents(CONF . 'acl.auth.php') ?: "# acl.auth.php\n# <?php exit()?>\n*\t@user\t8\n";
    $rest = preg_replace('/^\*\s+@ALL\s+\d+\s*\n/m', '', $rules);
    write('acl.auth.php', "$rest*\t@ALL\t$level\n");
}
