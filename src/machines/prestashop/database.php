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
