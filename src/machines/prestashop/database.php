<?php
// The shop's database, always by TLS; verified when the document gave the authority's certificate.

/** Read once for a request, which opens several connections. */
function lor_settings(): array
{
    static $settings = null;
    return $settings ??= json_decode((string) file_get_contents(getenv('LOR_ROOT') . '/etc/lor/shop.json'), true, 16, JSON_THROW_ON_ERROR);
}

/** Certificate of the database's authority, or null when the document gave none. */
function lor_ca(): ?string
{
    $ca = lor_settings()['database']['ca'];
    return $ca === null ? null : getenv('LOR_ROOT') . $ca;
}

/** Options that make PDO's MySQL driver speak TLS: it does as soon as an authority is named. */
function lor_tls_options(?string $ca): array
{
    return [
        PDO::MYSQL_ATTR_SSL_CA => $ca ?? '/etc/ssl/certs/ca-certificates.crt',
        PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => $ca !== null,
    ];
}

/**
 * Deletes the sessions whose time is over, and returns how many. Debian's PHP never does it by itself (session.gc_probability is 0). By their
 * keys, in portions: a DELETE that has to look for them would lock the sessions of visitors.
 */
function lor_forget_sessions(PDO $database): int
{
    $gone = 0;
    do {
        $ended = $database->query('SELECT id FROM lor_session WHERE expires <= UNIX_TIMESTAMP() LIMIT 1000')->fetchAll(PDO::FETCH_COLUMN);
        if ($ended !== []) {
            $keys = implode(', ', array_fill(0, count($ended), '?'));
            $delete = $database->prepare("DELETE FROM lor_session WHERE id IN ($keys) AND expires <= UNIX_TIMESTAMP()");
            $delete->execute($ended);
            $gone += $delete->rowCount();
        }
    } while (count($ended) === 1000);
    return $gone;
}

function lor_database(int $timeoutSeconds): PDO
{
    $database = lor_settings()['database'];
    $source = sprintf(
        'mysql:host=%s;port=%d;dbname=%s;charset=utf8mb4',
        $database['host'],
        $database['port'],
        $database['name']
    );
    $options = [PDO::ATTR_TIMEOUT => $timeoutSeconds, PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION];
    return new PDO($source, $database['user'], $database['password'], $options + lor_tls_options(lor_ca()));
}
