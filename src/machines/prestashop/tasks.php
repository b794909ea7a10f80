<?php
// Scheduled tasks of the shop, on exactly one front: whoever holds the lease in the database. A front that is lost loses it after
// LEASE_SECONDS, and another goes on. When a task ran last is in the database too, so that a change of front repeats none early. The same
// front deletes the visitors' sessions that have ended.
require __DIR__ . '/shop.php';

/** Time after which a lease that nobody renews is free. Renewed every minute, and during a task. */
const LEASE_SECONDS = 180;
const RENEW_SECONDS = 30;

/** Takes or renews the lease. The clock is the database's: fronts may disagree about the time. */
function lor_lease(PDO $database, string $holder): bool
{
    $database->prepare('INSERT IGNORE INTO lor_lease (name, holder, until) VALUES (\'tasks\', ?, 0)')->execute([$holder]);
    $database->prepare('UPDATE lor_lease SET holder = ?, until = UNIX_TIMESTAMP() + ' . LEASE_SECONDS
        . ' WHERE name = \'tasks\' AND (holder = ? OR until < UNIX_TIMESTAMP())')->execute([$holder, $holder]);
    return lor_holder($database) === $holder;
}

function lor_holder(PDO $database): ?string
{
    $holder = $database->query('SELECT holder FROM lor_lease WHERE name = \'tasks\' AND until >= UNIX_TIMESTAMP()')->fetchColumn();
    return $holder === false ? null : $holder;
}

function lor_due(PDO $database, array $task): bool
{
    $asked = $database->prepare('SELECT started + ? <= UNIX_TIMESTAMP() FROM lor_task WHERE name = ?');
    $asked->execute([$task['everySeconds'], $task['name']]);
    $due = $asked->fetchColumn();
    return $due === false || (int) $due === 1;
}

/** Runs a task in the release's folder. It is killed when the lease is lost, and when this process ends. */
function lor_run_task(PDO $database, array $task, string $holder): void
{
    $database->prepare('REPLACE INTO lor_task (name, started) VALUES (?, UNIX_TIMESTAMP())')->execute([$task['name']]);
    $null = ['file', '/dev/null', 'r'];
    $process = proc_open(['setpriv', '--pdeathsig', 'KILL', ...$task['command']], [0 => $null, 1 => STDOUT, 2 => STDERR], $pipes,
        getenv('LOR_ROOT') . '/srv/lor/current');
    $held = lor_monotonic();
    $lost = false;
    $status = lor_await($process, RENEW_SECONDS, function () use ($database, $holder, &$held, &$lost): bool {
        $asked = lor_monotonic();
        try {
            $lost = !lor_lease($database, $holder);
            $held = $lost ? $held : $asked;
        } catch (PDOException) {
            // Ours until its time has passed; by then another front may have it.
            $lost = $asked - $held > LEASE_SECONDS - 2 * RENEW_SECONDS;
        }
        return !$lost;
    });
    $result = match (true) {
        $lost => 'stopped: another front took the lease over',
        $status['signaled'] => 'ended by signal ' . $status['termsig'],
        $status['exitcode'] === 0 => 'success',
        default => 'ended with ' . $status['exitcode'],
    };
    echo "{$task['name']}: $result\n";
    if (!$lost) {
        $database->prepare('UPDATE lor_task SET ended = UNIX_TIMESTAMP(), result = ? WHERE name = ?')->execute([$result, $task['name']]);
    }
}

function lor_tasks(): int
{
    try {
        $database = lor_database(10);
        if (lor_shop($database)['kind'] !== 'shop') {
            return 0;
        }
        $holder = lor_settings()['machine'];
        if (lor_lease($database, $holder)) {
            lor_forget_sessions($database);
        }
        foreach (lor_settings()['tasks'] ?? [] as $task) {
            if (!lor_lease($database, $holder)) {
                return 0;
            }
            if (lor_due($database, $task)) {
                lor_run_task($database, $task, $holder);
            }
        }
    } catch (Throwable $error) {
        fwrite(STDERR, 'tasks: ' . lor_reason($error) . "\n");
        return 1;
    }
    return 0;
}

exit(lor_tasks());
