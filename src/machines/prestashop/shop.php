<?php
// The shop as its database describes it. Every query here is cheap; nothing here starts a session or renders a page.
require_once __DIR__ . '/database.php';

const LOR_PREFIX = 'ps_';
const LOR_TABLES = [
    'CREATE TABLE IF NOT EXISTS lor_session (id VARCHAR(128) NOT NULL PRIMARY KEY, data MEDIUMTEXT NOT NULL, expires BIGINT NOT NULL)',
    'CREATE TABLE IF NOT EXISTS lor_asset (path VARCHAR(255) NOT NULL PRIMARY KEY, body MEDIUMBLOB NOT NULL, at BIGINT NOT NULL)',
    'CREATE TABLE IF NOT EXISTS lor_lease (name VARCHAR(64) NOT NULL PRIMARY KEY, holder VARCHAR(64) NOT NULL, until BIGINT NOT NULL)',
    'CREATE TABLE IF NOT EXISTS lor_task (name VARCHAR(64) NOT NULL PRIMARY KEY, started BIGINT NOT NULL, ended BIGINT, result VARCHAR(255))',
];
/** Written by `lor-app install` before its first table, so that a half-made shop is known as its own. */
const LOR_MARKER = 'CREATE TABLE IF NOT EXISTS lor_install (id TINYINT NOT NULL PRIMARY KEY, state VARCHAR(16) NOT NULL, machine VARCHAR(64) NOT NULL,'
    . ' version VARCHAR(64) NOT NULL, email VARCHAR(255) NOT NULL, started BIGINT NOT NULL, ended BIGINT, files VARCHAR(64), filesOf VARCHAR(128))';

/** What a shop needs besides its own tables: the tables of the fronts, and the relay of outgoing mail. */
function lor_prepare(PDO $database): void
{
    lor_make_tables($database);
    lor_apply_mail($database);
}

/** Mail goes by the relay of the settings; without one, whatever the back office says stays. */
function lor_apply_mail(PDO $database): void
{
    $mail = lor_settings()['mail'] ?? null;
    if ($mail === null) {
        return;
    }
    $values = [
        'PS_MAIL_METHOD' => '2', 'PS_MAIL_SERVER' => $mail['host'], 'PS_MAIL_SMTP_PORT' => (string) $mail['port'],
        'PS_MAIL_USER' => $mail['user'] ?? '', 'PS_MAIL_PASSWD' => $mail['password'] ?? '',
        'PS_MAIL_SMTP_ENCRYPTION' => ['tls' => 'ssl', 'starttls' => 'tls', 'none' => 'off'][$mail['tls']],
    ];
    foreach ($values as $name => $value) {
        if (lor_configuration($database, $name) === $value) {
            continue;
        }
        $database->prepare('DELETE FROM ' . LOR_PREFIX . 'configuration WHERE name = ? AND id_shop IS NULL AND id_shop_group IS NULL')->execute([$name]);
        $database->prepare('INSERT INTO ' . LOR_PREFIX . 'configuration (name, value, date_add, date_upd) VALUES (?, ?, NOW(), NOW())')
            ->execute([$name, $value]);
    }
}

/** Tables of the fronts themselves. They are no part of PrestaShop and survive its upgrades. */
function lor_make_tables(PDO $database): void
{
    foreach (LOR_TABLES as $statement) {
        $database->exec($statement);
    }
}

/** @return list<string> Names of the database's tables that begin with a prefix. */
function lor_tables(PDO $database, string $prefix): array
{
    $found = $database->prepare('SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND LEFT(table_name, ?) = ?');
    $found->execute([strlen($prefix), $prefix]);
    return $found->fetchAll(PDO::FETCH_COLUMN);
}

function lor_configuration(PDO $database, string $name): ?string
{
    $found = $database->prepare('SELECT value FROM ' . LOR_PREFIX . 'configuration WHERE name = ? ORDER BY id_shop IS NULL DESC, id_shop LIMIT 1');
    $found->execute([$name]);
    $value = $found->fetchColumn();
    return $value === false ? null : (string) $value;
}

/** @return array<string, mixed>|null Row that `lor-app install` left, or null when it never ran here. */
function lor_marker(PDO $database): ?array
{
    if (lor_tables($database, 'lor_install') === []) {
        return null;
    }
    $row = $database->query('SELECT * FROM lor_install WHERE id = 1')->fetch(PDO::FETCH_ASSOC);
    return $row === false ? null : $row;
}

/**
 * What is in the database. `kind`: `empty`; `half`, made by an installation that did not end; `shop`; `foreign`, tables with
 * PrestaShop's prefix that are no complete shop and that no installation of ours began.
 *
 * @return array{kind: string, tables: int, version: ?string, marker: ?array}
 */
function lor_shop(PDO $database): array
{
    $tables = lor_tables($database, LOR_PREFIX);
    $marker = lor_marker($database);
    $has = fn (string $name): bool => in_array(LOR_PREFIX . $name, $tables, true);
    $version = null;
    $employees = 0;
    if ($has('configuration') && $has('employee')) {
        $version = lor_configuration($database, 'PS_VERSION_DB') ?? lor_configuration($database, 'PS_INSTALL_VERSION');
        $employees = (int) $database->query('SELECT COUNT(*) FROM ' . LOR_PREFIX . 'employee')->fetchColumn();
    }
    $kind = match (true) {
        $marker !== null && $marker['state'] !== 'complete' => $tables === [] ? 'empty' : 'half',
        $tables === [] => 'empty',
        $version !== null && $employees > 0 => 'shop',
        default => 'foreign',
    };
    return ['kind' => $kind, 'tables' => count($tables), 'version' => $version, 'marker' => $marker];
}

/** Orders that no demonstration data made: a database with one is never cleared. */
function lor_real_orders(PDO $database): int
{
    $tables = lor_tables($database, LOR_PREFIX);
    if (!in_array(LOR_PREFIX . 'orders', $tables, true) || !in_array(LOR_PREFIX . 'customer', $tables, true)) {
        return 0;
    }
    return (int) $database->query(
        'SELECT COUNT(*) FROM ' . LOR_PREFIX . 'orders o LEFT JOIN ' . LOR_PREFIX . "customer c USING (id_customer) WHERE COALESCE(c.email, '') <> 'pub@prestashop.com'"
    )->fetchColumn();
}

/** Seconds by a clock that nobody sets. */
function lor_monotonic(): int
{
    return hrtime()[0];
}

/**
 * Waits until a process has ended, and returns its last status. `$renew` is called from time to time; the process is killed when it says
 * false or throws.
 *
 * @param resource $process
 */
function lor_await($process, int $everySeconds, callable $renew): array
{
    $asked = lor_monotonic();
    while (($status = proc_get_status($process))['running']) {
        usleep(100_000);
        if (lor_monotonic() - $asked < $everySeconds) {
            continue;
        }
        $asked = lor_monotonic();
        $keep = false;
        try {
            $keep = $renew();
        } finally {
            if (!$keep) {
                proc_terminate($process, SIGKILL);
            }
        }
    }
    proc_close($process);
    return $status;
}

/** Number of the database's error; 0 for any other error. */
function lor_error_number(Throwable $error): int
{
    return $error instanceof PDOException ? (int) ($error->errorInfo[1] ?? $error->getCode()) : 0;
}

/** Whether the database is only busy: it works, and refuses one more connection. */
function lor_is_busy(Throwable $error): bool
{
    return in_array(lor_error_number($error), [1040, 1203, 1226], true);
}

/** An error's kind in words, without its message, which may name the user and the host. */
function lor_reason(Throwable $error): string
{
    $number = lor_error_number($error);
    return match (true) {
        lor_is_busy($error) => 'the database takes no further connection',
        in_array($number, [1044, 1045], true) => 'the database refuses the user or the password',
        $number === 1049 => 'the database does not exist',
        in_array($number, [2002, 2003, 2005], true) => 'the database cannot be reached',
        in_array($number, [2006, 2013], true) => 'the database closed the connection',
        $number === 1146 => 'a table is missing in the database',
        $error instanceof PDOException => 'the database answers with error ' . $number,
        $error instanceof Error => $error->getMessage(),
        default => get_class($error),
    };
}
