<?php
// Makes the shop's tables and its first administrator, once for all fronts. Reads its order from standard input, as JSON: email, password,
// demoProducts, installer (folder of index_cli.php, in a copy of the release), version, machine. Prints lines of progress and, last, a
// JSON result. After the line `files` it waits for a second JSON line, files and filesOf: what the installer wrote to the disk has then
// been stored for every front. Ends with 0 when there is a shop afterwards, with 1 otherwise.
require __DIR__ . '/shop.php';

/** The installation of another front is waited for this long. */
const LOCK_SECONDS = 3600;

final class LorRefusal extends RuntimeException
{
}

function lor_say(string $text): void
{
    echo $text . "\n";
    flush();
}

/**
 * The connection that holds the lock. The server ends it, and with it the lock, a minute after this machine has gone.
 */
function lor_lock(): PDO
{
    $database = lor_database(10);
    $database->exec('SET SESSION wait_timeout = 60');
    $end = lor_monotonic() + LOCK_SECONDS;
    $asked = $database->prepare('SELECT GET_LOCK(CONCAT(\'lor-install-\', LEFT(DATABASE(), 40)), 10)');
    for ($waits = 0; lor_monotonic() < $end; $waits++) {
        $asked->execute();
        $got = $asked->fetchColumn();
        $asked->closeCursor();
        if ((int) $got === 1) {
            return $database;
        }
        if ($waits % 6 === 0) {
            lor_say('another front is installing the shop; waiting for it');
        }
    }
    throw new LorRefusal('another front has been installing the shop for an hour');
}

function lor_clear(PDO $database): void
{
    if (lor_real_orders($database) > 0) {
        throw new LorRefusal('an installation began here and did not end, but the database has orders now: it is left alone. '
            . 'If it is a restored shop, delete the row of the table lor_install');
    }
    $database->exec('SET FOREIGN_KEY_CHECKS = 0');
    foreach (lor_tables($database, LOR_PREFIX) as $table) {
        $database->exec('DROP TABLE `' . str_replace('`', '``', $table) . '`');
    }
    $database->exec('SET FOREIGN_KEY_CHECKS = 1');
}

function lor_mark(PDO $database, array $order): void
{
    $database->exec(LOR_MARKER);
    $database->prepare('REPLACE INTO lor_install (id, state, machine, version, email, started) VALUES (1, \'started\', ?, ?, ?, ?)')
        ->execute([$order['machine'], $order['version'], $order['email'], time()]);
}

/** Options of PrestaShop's installer; their names are its own. */
function lor_options(array $order): array
{
    $settings = lor_settings();
    $database = $settings['database'];
    $options = [
        'domain' => $settings['domain'], 'ssl' => '1', 'rewrite' => '1', 'base_uri' => '/',
        'db_server' => $database['host'] . ':' . $database['port'], 'db_name' => $database['name'], 'db_user' => $database['user'],
        'db_password' => $database['password'], 'db_clear' => '0', 'db_create' => '0', 'prefix' => LOR_PREFIX, 'engine' => 'InnoDB',
        'language' => 'fr', 'country' => 'fr', 'timezone' => 'Europe/Paris', 'name' => $settings['domain'],
        'firstname' => 'Shop', 'lastname' => 'Administrator', 'email' => $order['email'], 'password' => $order['password'],
        'newsletter' => '0', 'fixtures' => $order['demoProducts'] ? '1' : '0',
    ];
    foreach ($options as $name => $value) {
        // The installer would take the value up to this character, and say nothing.
        if (preg_match('/[=\'"><|`]/', $value) === 1) {
            throw new LorRefusal("the value of --$name has a character that PrestaShop's installer does not take (one of = ' \" > < | `)");
        }
    }
    return $options;
}

/** Runs the installer as a process that ends with this one, and keeps the lock alive meanwhile. Returns what it printed. */
function lor_run(PDO $database, array $order): string
{
    $command = ['setpriv', '--pdeathsig', 'KILL', PHP_BINARY, '-d', 'memory_limit=1G', __DIR__ . '/run-installer.php'];
    $output = tmpfile();
    $process = proc_open($command, [0 => ['pipe', 'r'], 1 => $output, 2 => $output], $pipes, $order['installer']);
    fwrite($pipes[0], json_encode(lor_options($order), JSON_THROW_ON_ERROR));
    fclose($pipes[0]);
    // Without the lock another front may begin.
    $status = lor_await($process, 10, fn () => (int) $database->query('SELECT 1')->fetchColumn() === 1);
    rewind($output);
    $text = (string) stream_get_contents($output);
    if ($status['signaled']) {
        throw new LorRefusal('the installer was killed; the same command again begins anew');
    }
    return $text;
}

/** The installer ends with 0 whatever happened: its words and its tables are looked at. */
function lor_check(PDO $database, array $order, string $text): void
{
    $shop = lor_shop($database);
    $employee = false;
    if ($shop['version'] !== null) {
        $asked = $database->prepare('SELECT COUNT(*) FROM ' . LOR_PREFIX . 'employee WHERE email = ?');
        $asked->execute([$order['email']]);
        $employee = (int) $asked->fetchColumn() === 1;
    }
    $said = stripos($text, 'successful') !== false;
    if (!$said || !$employee) {
        $secrets = [$order['password'], lor_settings()['database']['password']];
        throw new LorRefusal("PrestaShop's installer did not end well: " . trim(substr(str_replace($secrets, '[secret]', strip_tags($text)), -800)));
    }
    foreach (['PS_SSL_ENABLED' => '1', 'PS_SSL_ENABLED_EVERYWHERE' => '1', 'PS_SHOP_DOMAIN_SSL' => lor_settings()['domain']] as $name => $wanted) {
        if (lor_configuration($database, $name) !== $wanted) {
            throw new LorRefusal("the installed shop has $name other than $wanted");
        }
    }
}

function lor_install(array $order): array
{
    $database = lor_lock();
    $shop = lor_shop($database);
    if ($shop['kind'] === 'shop') {
        lor_prepare($database);
        return ['installed' => true, 'already' => true, 'administrator' => $shop['marker']['email'] ?? null, 'version' => $shop['version']];
    }
    if ($shop['kind'] === 'foreign') {
        throw new LorRefusal("the database has {$shop['tables']} tables with the prefix " . LOR_PREFIX
            . ' that are no complete shop, and that no installation of this program made: nothing was changed');
    }
    // Checked before the first change.
    lor_options($order);
    if ($shop['kind'] === 'half') {
        lor_say('an installation began here and did not end: clearing its tables');
        lor_clear($database);
    }
    lor_mark($database, $order);
    lor_say("PrestaShop's installer runs");
    lor_check($database, $order, lor_run($database, $order));
    lor_prepare($database);
    $stored = lor_await_files($database);
    $database->prepare('UPDATE lor_install SET state = \'complete\', ended = ?, files = ?, filesOf = ? WHERE id = 1')
        ->execute([time(), $stored['files'], $stored['filesOf']]);
    return ['installed' => true, 'already' => false, 'administrator' => $order['email'], 'version' => lor_shop($database)['version']];
}

/** Waits, with the lock held, until the caller has stored the files. */
function lor_await_files(PDO $database): array
{
    lor_say('files');
    do {
        $database->query('SELECT 1')->fetchColumn();
        $ready = [STDIN];
        $none = null;
    } while (stream_select($ready, $none, $none, 10) === 0);
    $line = fgets(STDIN);
    if ($line === false) {
        throw new LorRefusal('the files that the installer made could not be stored');
    }
    return json_decode($line, true, 4, JSON_THROW_ON_ERROR);
}

try {
    $order = json_decode((string) fgets(STDIN), true, 4, JSON_THROW_ON_ERROR);
    $result = lor_install($order);
    $code = 0;
} catch (LorRefusal $refusal) {
    [$result, $code] = [['installed' => false, 'reason' => $refusal->getMessage()], 1];
} catch (Throwable $error) {
    [$result, $code] = [['installed' => false, 'reason' => lor_reason($error)], 1];
}
echo json_encode($result, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES) . "\n";
exit($code);
