<?php
// The web service: a key as the user's name, XML as the answer. Reached as /api/… only.
require dirname(__DIR__) . '/config/config.inc.php';
$key = $_SERVER['PHP_AUTH_USER'] ?? '';
if (DbPDO::row('SELECT 1 FROM ' . _DB_PREFIX_ . 'webservice_account WHERE `key` = ? AND active = 1', [$key]) === null) {
    header('WWW-Authenticate: Basic realm="Welcome to PrestaShop Webservice, please enter the authentication key as the login. No password required."');
    http_response_code(401);
    exit("401 Unauthorized");
}
header('Content-Type: text/xml;charset=utf-8');
$resource = explode('/', trim($_GET['url'] ?? '', '/'))[0];
$rows = $resource === 'products' ? DbPDO::rows('SELECT id_product AS id FROM ' . _DB_PREFIX_ . 'product ORDER BY 1') : [];
echo '<?xml version="1.0" encoding="UTF-8"?><prestashop><products>'
    . implode('', array_map(fn (array $row) => "<product id=\"{$row['id']}\"/>", $rows)) . "</products></prestashop>\n";
