<?php
// Laid over every release. No secret here: they are in a file that only the shop reads.
$settings = json_decode((string) file_get_contents(getenv('LOR_ROOT') . '/etc/lor/shop.json'), true, 16, JSON_THROW_ON_ERROR);
$database = $settings['database'];

return [
    // Symfony takes %name% for another parameter, and a doubled sign for one.
    'parameters' => array_map(static fn (mixed $value): mixed => is_string($value) ? str_replace('%', '%%', $value) : $value, [
        'database_host' => $database['host'],
        'database_port' => (string) $database['port'],
        'database_name' => $database['name'],
        'database_user' => $database['user'],
        'database_password' => $database['password'],
        'database_prefix' => 'ps_',
        'database_engine' => 'InnoDB',
        'mailer_transport' => 'smtp',
        'mailer_host' => '127.0.0.1',
        'mailer_user' => null,
        'mailer_password' => null,
        'secret' => $settings['secret'],
        'ps_caching' => 'CacheMemcache',
        'ps_cache_enable' => false,
        'ps_creation_date' => '2025-01-01',
        'locale' => 'fr-FR',
        'use_debug_toolbar' => false,
        'cookie_key' => $settings['cookieKey'],
        'cookie_iv' => $settings['cookieIv'],
        'new_cookie_key' => $settings['newCookieKey'],
        // Wanted from 8.1 on: without them no page is served.
        'api_public_key' => $settings['apiPublicKey'],
        'api_private_key' => $settings['apiPrivateKey'],
    ]),
];
