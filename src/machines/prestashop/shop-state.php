<?php
// Prints what the shop's database holds, as one JSON document: shop-state.php [prepare]. With `prepare` a shop that is there gets the
// tables of the fronts, and the settings of outgoing mail.
require __DIR__ . '/shop.php';

function lor_state(bool $prepare): array
{
    try {
        $database = lor_database(10);
        $shop = lor_shop($database);
    } catch (Throwable $error) {
        return ['error' => lor_reason($error)];
    }
    $state = ['kind' => $shop['kind'], 'tables' => $shop['tables'], 'version' => $shop['version'],
        'files' => $shop['marker']['files'] ?? null, 'filesOf' => $shop['marker']['filesOf'] ?? null];
    if ($shop['kind'] !== 'shop') {
        return $state;
    }
    if ($prepare) {
        lor_prepare($database);
    }
    $state['lastOrder'] = $database->query('SELECT DATE_FORMAT(MAX(date_add), \'%Y-%m-%dT%H:%i:%s\') FROM ' . LOR_PREFIX . 'orders')->fetchColumn() ?: null;
    $state['mail'] = lor_mail($database);
    return $state;
}

/** PrestaShop's ways to send: 1 by the machine's own mail program, which fronts do not have; 2 by a server; 3 never. */
function lor_mail(PDO $database): string
{
    $server = lor_configuration($database, 'PS_MAIL_SERVER');
    return lor_configuration($database, 'PS_MAIL_METHOD') === '2' && $server !== null && $server !== ''
        ? "by $server"
        : 'no mail is sent: the settings name no relay (mail), and the back office no server';
}

echo json_encode(lor_state(in_array('prepare', $argv, true)), JSON_THROW_ON_ERROR) . "\n";
