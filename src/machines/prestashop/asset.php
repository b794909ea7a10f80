<?php
// Serves a combined style sheet or script that another front made: reads it from the database, and keeps it beside this front's own.
require_once __DIR__ . '/assets.php';

/** The front that made it stores it just after it has sent its page. Short, because the wait occupies one of PHP's children. */
const LOR_ASSET_WAIT_SECONDS = 1;

$root = realpath((string) ($_SERVER['LOR_RELEASE'] ?? ''));
$path = rawurldecode((string) parse_url((string) $_SERVER['REQUEST_URI'], PHP_URL_PATH));
if ($root === false || preg_match('#^/themes/[\w-]+/assets/cache/[\w.-]+\.(css|js)$#', $path, $match) !== 1) {
    http_response_code(404);
    exit;
}
$body = false;
try {
    $find = lor_database(5)->prepare('SELECT body FROM lor_asset WHERE path = ?');
    $end = hrtime(true) + LOR_ASSET_WAIT_SECONDS * 1_000_000_000;
    do {
        $find->execute([lor_asset_key($root, $path)]);
        $body = $find->fetchColumn();
    } while ($body === false && hrtime(true) < $end && usleep(200_000) === null);
} catch (Throwable) {
    http_response_code(503);
    header('Retry-After: 2');
    exit;
}
header('Cache-Control: ' . ($body === false ? 'no-store' : 'public, max-age=2592000'));
if ($body === false) {
    http_response_code(404);
    exit;
}
$staged = $root . dirname($path) . '/.lor-' . getmypid();
if (@file_put_contents($staged, $body) === strlen($body)) {
    @rename($staged, $root . $path);
}
header('Content-Type: ' . ($match[1] === 'css' ? 'text/css' : 'application/javascript'));
echo $body;
