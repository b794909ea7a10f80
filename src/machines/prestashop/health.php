<?php
// Health of this front: 200 while visitors are served, 503 with the reason otherwise. A check of the balancer is answered at once, with
// the last verdict, and begins the next look when that verdict is a few seconds old.
//
// One front that is taken out puts its load on the others, so 503 needs evidence that visitors fail: a database that refuses one more
// connection, or a slow page, takes no front out that serves.
require_once __DIR__ . '/pages.php';

/** A verdict is renewed after this. */
const LOR_FRESH_SECONDS = 5;
/** Visitors were served this lately: a slow page is then no evidence. */
const LOR_SERVED_SECONDS = 60;
/** A verdict older than this says nothing: the look that should have renewed it does not end. */
const LOR_STALE_SECONDS = 120;

/**
 * What is found now. `broken`: this front itself is; `failed`: a page or the database fails; `slow`, `busy`: overload.
 *
 * @return array{result: 'ok'|'busy'|'slow'|'failed'|'broken', reason: string}
 */
function lor_look(bool $all): array
{
    $root = getenv('LOR_ROOT');
    if (!is_file("$root/srv/lor/current/index.php")) {
        return ['result' => 'broken', 'reason' => 'no release'];
    }
    try {
        $database = lor_database(5);
        $shop = lor_shop($database);
        if ($shop['kind'] !== 'shop') {
            return ['result' => 'broken', 'reason' => $shop['kind'] === 'empty' || $shop['kind'] === 'half'
                ? 'the shop is not installed yet: lor-infra app install'
                : 'the database holds tables that are no complete shop'];
        }
        lor_try_session($database);
        $images = lor_images();
        return $images === '' ? lor_pages($database, LOR_CURRENT, $all) : ['result' => 'broken', 'reason' => $images];
    } catch (Throwable $error) {
        return ['result' => lor_is_busy($error) ? 'busy' : 'failed', 'reason' => lor_reason($error)];
    }
}

/** A session is written and read again. */
function lor_try_session(PDO $database): void
{
    $id = 'lor-health-' . gethostname();
    $value = bin2hex(random_bytes(8));
    $database->prepare('REPLACE INTO lor_session (id, data, expires) VALUES (?, ?, UNIX_TIMESTAMP() + 60)')->execute([$id, $value]);
    $read = $database->prepare('SELECT data FROM lor_session WHERE id = ?');
    $read->execute([$id]);
    if ($read->fetchColumn() !== $value) {
        throw new RuntimeException('a session that was written is not read again');
    }
}

/** Empty when object storage is mounted, the reason otherwise. A child process looks, with a time limit, because the look at a mount may hang. */
function lor_images(): string
{
    $folder = getenv('LOR_ROOT') . '/srv/lor/images';
    exec('timeout 3 stat ' . escapeshellarg("$folder/img") . ' 2>&1', $said, $code);
    return match (true) {
        $code === 0 => '',
        // Storage that is slow serves what the cache has; visitors keep their pages.
        $code === 124 => '',
        default => 'the images on object storage are not mounted',
    };
}

/**
 * The verdict that follows from what is found, the last verdict of this release, and how long ago visitors were served.
 *
 * @return array{ok: bool, reason: string, good: int, failures: int}
 */
function lor_verdict(array $found, ?array $last, int $now, int $served): array
{
    $age = lor_age($served, $now);
    $wasOk = $last !== null && $last['ok'];
    $good = $found['result'] === 'ok' ? $now : ($last['good'] ?? 0);
    $failures = $found['result'] === 'failed' ? ($last['failures'] ?? 0) + 1 : 0;
    $serves = $age < LOR_SERVED_SECONDS;
    $ok = match ($found['result']) {
        'ok' => true,
        'broken' => false,
        'busy' => $wasOk || $serves,
        'slow' => $serves || ($wasOk && lor_age($good, $now) < LOR_SERVED_SECONDS),
        // One failure may be the moment at which the database was busy.
        'failed' => $age < 15 || ($wasOk && $failures < 2),
    };
    return ['ok' => $ok, 'reason' => $found['reason'], 'good' => $good, 'failures' => $failures];
}

/** Seconds since an instant. One in the future was noted while the clock was wrong: it says nothing. */
function lor_age(int $instant, int $now): int
{
    return $instant > $now ? PHP_INT_MAX : $now - $instant;
}

function lor_release(): string
{
    return basename((string) @readlink(getenv('LOR_ROOT') . '/srv/lor/current'));
}

function lor_last(string $file): ?array
{
    $last = json_decode((string) @file_get_contents($file), true);
    return is_array($last) && ($last['release'] ?? null) === lor_release() ? $last : null;
}

function lor_renew(string $file, ?array $last): array
{
    $now = time();
    $served = (int) @filemtime(getenv('LOR_ROOT') . '/run/lor-front/served');
    // A release that has served nothing yet is asked for all its pages: that fills its caches.
    $verdict = ['at' => $now, 'release' => lor_release(), ...lor_verdict(lor_look($last === null), $last, $now, $served)];
    $verdict['at'] = time();
    file_put_contents("$file.new", json_encode($verdict));
    rename("$file.new", $file);
    return $verdict;
}

function lor_answer(?array $verdict): void
{
    $ok = $verdict !== null && $verdict['ok'];
    http_response_code($ok ? 200 : 503);
    header('Content-Type: text/plain');
    header('Cache-Control: no-store');
    $reason = $verdict['reason'] ?? 'starting: pages are being prepared';
    echo $ok ? 'ok' . ($reason === '' ? '' : " ($reason)") . "\n" : $reason . "\n";
}

function lor_health(): void
{
    $folder = getenv('LOR_ROOT') . '/run/lor-front';
    @mkdir($folder, 0750);
    $file = "$folder/health.json";
    $last = lor_last($file);
    $now = time();
    // A verdict from the future is renewed now, and stands until then.
    $age = $last === null ? 0 : ($last['at'] > $now ? LOR_FRESH_SECONDS : $now - $last['at']);
    $lock = fopen("$folder/health.lock", 'c');
    if (($last !== null && $age < LOR_FRESH_SECONDS) || $lock === false || !flock($lock, LOCK_EX | LOCK_NB)) {
        lor_answer($age < LOR_STALE_SECONDS ? $last : ['ok' => false, 'reason' => "the last look has not ended for $age seconds"]);
        return;
    }
    if (function_exists('fastcgi_finish_request') && ($last === null || $age < LOR_STALE_SECONDS)) {
        lor_answer($last);
        fastcgi_finish_request();
        lor_renew($file, $last);
        return;
    }
    lor_answer(lor_renew($file, $last));
}

if (PHP_SAPI !== 'cli') {
    lor_health();
} elseif (($argv[1] ?? '') === 'now') {
    lor_answer(lor_renew(getenv('LOR_ROOT') . '/run/lor-front/health.json', null));
}
