<?php
// The pages that a customer sees, asked through this front's nginx with the headers that the load balancer sends.
require_once __DIR__ . '/shop.php';

/** Where nginx serves the current release, and a release on trial, to this machine alone. */
const LOR_CURRENT = 8081;
const LOR_TRIAL = 8082;
/** A page that takes longer is called slow. */
const LOR_PAGE_SECONDS = 10;

/**
 * Whether an answer is the shop's own decision: a product or a category may be for some customers only, in another shop, or withdrawn. That
 * is the same on every front. nginx's own page is none.
 */
function lor_is_decision(int $code, string $body): bool
{
    return in_array($code, [401, 403, 404, 410], true) && !str_contains($body, '<center>nginx');
}

/** @return array{result: 'ok'|'slow'|'failed', reason: string} */
function lor_page(int $port, string $path, bool $maintenance = false): array
{
    $mayBeHidden = $path !== '/';
    $domain = lor_settings()['domain'];
    $port = (int) (getenv('LOR_PORT_' . $port) ?: $port);
    // One visitor, not a new one at every check: the shop counts them.
    $file = getenv('LOR_ROOT') . '/run/lor-front/cookies.json';
    $cookies = json_decode((string) @file_get_contents($file), true) ?? [];
    for ($redirects = 0; $redirects < 4; $redirects++) {
        $request = curl_init("http://127.0.0.1:$port$path");
        curl_setopt_array($request, [
            CURLOPT_HTTPHEADER => ["Host: $domain", 'X-Forwarded-Proto: https', 'X-Forwarded-For: 127.0.0.1'],
            CURLOPT_USERAGENT => 'lor-health', CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => LOR_PAGE_SECONDS,
            CURLOPT_COOKIE => implode('; ', array_map(fn (string $name) => "$name=$cookies[$name]", array_keys($cookies))),
            CURLOPT_HEADERFUNCTION => function ($_request, string $line) use (&$cookies): int {
                if (preg_match('/^set-cookie:\s*([^=;\s]+)=([^;\s]*)/i', $line, $match) === 1) {
                    $cookies[$match[1]] = $match[2];
                }
                return strlen($line);
            },
        ]);
        $body = curl_exec($request);
        $code = curl_getinfo($request, CURLINFO_RESPONSE_CODE);
        $error = curl_errno($request);
        $location = (string) curl_getinfo($request, CURLINFO_REDIRECT_URL);
        @file_put_contents($file, json_encode($cookies));
        if ($error === CURLE_OPERATION_TIMEDOUT) {
            return ['result' => 'slow', 'reason' => "$path: no answer within " . LOR_PAGE_SECONDS . ' seconds'];
        }
        if ($body === false) {
            return ['result' => 'failed', 'reason' => "$path: nginx does not answer"];
        }
        if ($code === 200 || ($code === 503 && $maintenance) || ($mayBeHidden && lor_is_decision($code, $body))) {
            return ['result' => 'ok', 'reason' => ''];
        }
        if ($code < 301 || $code > 308) {
            return ['result' => 'failed', 'reason' => "$path: status $code"];
        }
        $to = parse_url($location);
        if (($to['host'] ?? '') !== $domain && ($to['host'] ?? '') !== '127.0.0.1') {
            return ['result' => 'failed', 'reason' => "$path: leads to " . ($to['host'] ?? 'no address')];
        }
        $path = ($to['path'] ?? '/') . (isset($to['query']) ? "?{$to['query']}" : '');
    }
    return ['result' => 'failed', 'reason' => "$path: leads round in a circle"];
}

/** Home, a category and a product, as far as the shop has them. */
function lor_paths(PDO $database): array
{
    $paths = ['/'];
    $category = $database->query('SELECT MAX(id_category) FROM ' . LOR_PREFIX . 'category WHERE active = 1')->fetchColumn();
    $product = $database->query('SELECT MIN(id_product) FROM ' . LOR_PREFIX . 'product WHERE active = 1')->fetchColumn();
    if ($category !== null && $category !== false) {
        $paths[] = '/index.php?controller=category&id_category=' . (int) $category;
    }
    if ($product !== null && $product !== false) {
        $paths[] = '/index.php?controller=product&id_product=' . (int) $product;
    }
    return $paths;
}

/** The worst result of all pages. Asking for them also fills the caches of the release. */
function lor_pages(PDO $database, int $port, bool $all): array
{
    $maintenance = lor_configuration($database, 'PS_SHOP_ENABLE') === '0';
    $paths = lor_paths($database);
    foreach ($all ? $paths : [$paths[0], end($paths)] as $path) {
        $page = lor_page($port, $path, $maintenance);
        if ($page['result'] !== 'ok') {
            return $page;
        }
    }
    return ['result' => 'ok', 'reason' => ''];
}
