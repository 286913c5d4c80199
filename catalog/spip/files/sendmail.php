<?php
// What PHP's mail() calls: hand the message on standard input to the association's relay (MAIL_HOST and the others).
[$host, $security] = [(string) getenv('MAIL_HOST'), (string) getenv('MAIL_SECURITY')];
if ($host === '') {
    fwrite(STDERR, "no mail relay: nothing is sent\n");
    exit(1);
}
$message = str_replace("\n", "\r\n", str_replace("\r\n", "\n", stream_get_contents(STDIN)));
$from = getenv('MAIL_FROM') ?: getenv('CONTACT');
$head = strstr($message, "\r\n\r\n", true) ?: $message;
// The relay takes messages of its own address only; answers still reach who wrote.
if (preg_match('/^From:[ \t]*(.*(?:\r\n[ \t].*)*)\r\n/mi', $head, $written) && !str_contains($written[1], $from)) {
    $answers = preg_match('/^Reply-To:/mi', $head) ? '' : "Reply-To: $written[1]\r\n";
    $place = strpos($message, $written[0]);
    $message = substr_replace($message, "From: <$from>\r\n$answers", $place, strlen($written[0]));
}
preg_match_all('/^(?:To|Cc|Bcc):(.*(?:\r\n[ \t].*)*)/mi', $head, $lines);
preg_match_all('/[^\s<>,;:"]+@[^\s<>,;:"]+/', implode(',', $lines[1]), $people);
$message = preg_replace('/^Bcc:.*(?:\r\n[ \t].*)*\r\n/mi', '', $message, 1);

$address = ($security === 'tls' ? 'tls' : 'tcp') . "://$host:" . (getenv('MAIL_PORT') ?: '25');
$line = stream_socket_client($address, $number, $error, 30) ?: stop("$address: $error");
stream_set_timeout($line, 60);
$name = parse_url((string) getenv('URL'), PHP_URL_HOST) ?: 'localhost';
answer('220');
say("EHLO $name", '250');
if ($security === 'starttls') {
    say('STARTTLS', '220');
    stream_socket_enable_crypto($line, true, STREAM_CRYPTO_METHOD_TLS_CLIENT) || stop('STARTTLS failed');
    say("EHLO $name", '250');
}
if ($user = (string) getenv('MAIL_USER')) {
    $password = trim((string) file_get_contents('/run/secrets/mail_password'));
    say('AUTH PLAIN ' . base64_encode("\0$user\0$password"), '235');
}
say("MAIL FROM:<$from>", '250');
foreach (array_unique($people[0]) as $person) {
    say("RCPT TO:<$person>", '25');
}
say('DATA', '354');
say(preg_replace('/^\./m', '..', rtrim($message, "\r\n")) . "\r\n.", '250');
fwrite($line, "QUIT\r\n");

/** Send a line and wait for the answer that begins with this code. */
function say(string $text, string $code): void
{
    fwrite($GLOBALS['line'], "$text\r\n");
    answer($code);
}

function answer(string $code): void
{
    do {
        $text = (string) fgets($GLOBALS['line']);
    } while (substr($text, 3, 1) === '-');
    str_starts_with($text, $code) || stop('the relay says: ' . trim($text));
}

function stop(string $message): never
{
    fwrite(STDERR, "mail not sent: $message\n");
    exit(1);
}
