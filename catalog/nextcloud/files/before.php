<?php
// Run before the image's own start, which takes version.php in the volume for an installation: one that was cut off
// would stay half done for ever, with the web installer open. Here it is taken back, so that the image does it anew;
// but only while the mark says that it never came to its end, hence that nobody ever signed in. Anything else that
// is not whole stops the start with words: the route stays closed and nothing is written.

const HTML = '/var/www/html';
const SOURCE = '/usr/src/nextcloud';
const DATA = '/var/www/data';
const MARK = DATA . '/.first-installation';

/** Say what is wrong and stop. */
function refuse(string $reason): never
{
    fwrite(STDERR, "provisioner: $reason\n");
    exit(1);
}

/** Return config.php's settings; null when there is none that can be read. */
function settings(): ?array
{
    $CONFIG = null;
    try {
        is_file(HTML . '/config/config.php') && include HTML . '/config/config.php';
    } catch (ParseError) {
        return null;
    }
    return $CONFIG;
}

/** Return the version of the code in a folder. */
function version(string $folder): string
{
    $OC_Version = [];
    include "$folder/version.php";
    return implode('.', $OC_Version);
}

/** Return the database, for which it waits: after a restart of the host nothing says who starts first. */
function database(): PDO
{
    $name = 'pgsql:host=' . getenv('POSTGRES_HOST') . ';dbname=' . getenv('POSTGRES_DB');
    $password = trim(file_get_contents(getenv('POSTGRES_PASSWORD_FILE')));
    for ($try = 0; ; $try++) {
        try {
            return new PDO($name, getenv('POSTGRES_USER'), $password, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
        } catch (PDOException $error) {
            $try < 100 || refuse('no database after 300 seconds: ' . $error->getMessage());
            sleep(3);
        }
    }
}

/** Return the names in a folder that the first installation does not make by itself. */
function foreign(): array
{
    $folders = array_filter(glob(DATA . '/*') ?: [], 'is_dir');
    return preg_grep('/^(admin|appdata_.*)$/', array_map('basename', $folders), PREG_GREP_INVERT);
}

/** Take back an installation that was cut off: tables, what it wrote into data, settings, and version.php last. */
function take_back(PDO $database): void
{
    $users = $database->query("SELECT to_regclass('public.oc_users')")->fetchColumn()
        ? $database->query("SELECT count(*) FROM oc_users WHERE uid <> 'admin'")->fetchColumn() : 0;
    if ($users || foreign()) {
        refuse('not installed, yet there are accounts: restore html, data and db from one backup');
    }
    echo "provisioner: the first installation was cut off; it is taken back and done again\n";
    $database->exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    passthru('find ' . DATA . ' -mindepth 1 ! -path ' . MARK . ' -delete', $failed);
    $failed && refuse('what the first installation left in ' . DATA . ' cannot be removed');
    foreach (['config/config.php', 'version.php'] as $file) {
        is_file(HTML . "/$file") && unlink(HTML . "/$file");
    }
}

/** Go on with an upgrade that was cut off; the image tries once only, and leaves the site closed. */
function finish_upgrade(string $database_version): void
{
    $code = version(HTML);
    if ($code !== version(SOURCE) || version_compare($database_version, $code, '>=')) {
        return;
    }
    echo "provisioner: the upgrade from $database_version to $code was cut off; it goes on\n";
    passthru('php ' . HTML . '/occ --no-interaction upgrade', $failed);
    $failed && $failed !== 3 && refuse('the upgrade failed: restore the backup, or see the lines above');
    passthru('php ' . HTML . '/occ --no-interaction maintenance:mode --off');
}

/** Bring the image's files of settings and ours into the volume: the image only warns that they differ. */
function refresh_settings(bool $installed): void
{
    is_dir(HTML . '/config') || mkdir(HTML . '/config');
    $files = glob(SOURCE . '/config/*.config.php');
    if (!$installed) {
        array_push($files, SOURCE . '/config/.htaccess', SOURCE . '/config/CAN_INSTALL');
    }
    foreach ([...$files, __DIR__ . '/provisioner.config.php'] as $file) {
        $copy = HTML . '/config/' . basename($file);
        is_file($copy) && file_get_contents($copy) === file_get_contents($file) || copy($file, $copy);
    }
}

/** Nextcloud keeps the database's password in config.php: where it signs in as our account, the secret is what counts. */
function follow_password(array $settings): void
{
    $password = trim(file_get_contents(getenv('POSTGRES_PASSWORD_FILE')));
    if (($settings['dbuser'] ?? '') !== getenv('POSTGRES_USER') || $settings['dbpassword'] === $password) {
        return;
    }
    $file = HTML . '/config/config.php';
    $text = preg_replace("/^(  'dbpassword' => )'[^']*',$/m", "$1'$password',", file_get_contents($file), 1, $count);
    $count && file_put_contents("$file.new", $text) && chmod("$file.new", 0640) && rename("$file.new", $file)
        || refuse("the password of the database cannot be written into $file");
}

$settings = settings();
if ($settings['installed'] ?? false) {
    follow_password($settings);
    is_file(MARK) && unlink(MARK);
    refresh_settings(true);
    finish_upgrade($settings['version']);
    exit;
}
$database = database();
$begun = is_file(HTML . '/version.php')
    || $database->query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")->fetchColumn() > 0;
if (!is_file(MARK) && ($begun || count(scandir(DATA)) > 2)) {
    refuse('config/config.php is missing or broken, but there is content: restore html, data and db from one backup');
}
touch(MARK);
$begun && take_back($database);
refresh_settings(false);
