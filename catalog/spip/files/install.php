<?php
// The pages of SPIP's installer, gone through as a person would, in PHP's own server that only this container reaches.
const SERVER = '127.0.0.1:8099';

/** Install SPIP in an empty database, or over the tables of an installation that broke off. */
function install(): void
{
    $process = proc_open(
        ['php', '-S', SERVER, '-t', '/var/www/html'],
        [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']],
        $pipes,
        '/var/www/html',
        ['PHP_CLI_SERVER_WORKERS' => '4'] + getenv()
    );
    try {
        $database = [
            'server_db' => 'mysql', 'adresse_db' => 'db', 'login_db' => 'spip', 'pass_db' => secret('db_password'),
        ];
        $administrator = [
            'nom' => 'Administration', 'email' => getenv('CONTACT'), 'login' => getenv('ADMINISTRATOR'),
            'pass' => secret('admin_password'), 'pass_verif' => secret('admin_password'),
        ];
        page(['etape' => '1', 'chmod' => '511'], wait: true);
        page(['etape' => '2', 'chmod' => '511'] + $database);
        page(['etape' => '3', 'chmod' => '511', 'choix_db' => 'spip', 'tprefix' => 'spip'] + $database);
        page(['etape' => '3b', 'server_db' => 'mysql', 'sel_db' => 'spip'] + $administrator);
        page(['etape' => '4']);
        // Its answer is about .htaccess files, which PHP's own server does not read; Apache does.
        page(['etape' => 'fin'], judge: false);
    } finally {
        proc_terminate($process);
        proc_close($process);
    }
    is_file('/var/www/html/config/connect.php') || fail('the installer did not come to its end');
}

/** Send one page of the installer. Ends the program when SPIP says that the step failed. */
function page(array $fields, bool $wait = false, bool $judge = true): void
{
    $options = ['method' => 'POST', 'content' => http_build_query(['exec' => 'install'] + $fields), 'timeout' => 120,
        'follow_location' => 0, 'ignore_errors' => true,
        'header' => ['Content-Type: application/x-www-form-urlencoded', 'Cookie: spip_lang_ecrire=' . getenv('LANGUAGE')]];
    $context = stream_context_create(['http' => $options]);
    for ($try = 0; $try < 50; $try++) {
        $answer = @file_get_contents('http://' . SERVER . '/ecrire/', false, $context);
        if ($answer !== false || !$wait) {
            break;
        }
        usleep(200000);
    }
    $status = explode(' ', $http_response_header[0] ?? '- 0')[1];
    if (!$judge) {
        return;
    }
    if ($answer === false || $status >= '400' || preg_match('~<div class=.error.>(.*?)</div>~s', $answer, $found)) {
        fail("step {$fields['etape']}: " . trim(strip_tags($found[1] ?? "answered $status")));
    }
}
