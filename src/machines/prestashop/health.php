<?php
// Health of this front: 200 when a release is in place and the database answers, 503 otherwise. Says why, never with what.
require __DIR__ . '/database.php';

function lor_health(): string
{
    if (!is_file(getenv('LOR_ROOT') . '/srv/lor/current/index.php')) {
        return 'no release';
    }
    try {
        $answer = lor_database(2)->query('SELECT 1')->fetchColumn();
        return (string) $answer === '1' ? '' : 'database: unexpected answer';
    } catch (Throwable $error) {
        // Its message may name the user and the host.
        return 'database: ' . get_class($error);
    }
}

$wrong = lor_health();
http_response_code($wrong === '' ? 200 : 503);
header('Content-Type: text/plain');
header('Cache-Control: no-store');
echo $wrong === '' ? "ok\n" : $wrong . "\n";
