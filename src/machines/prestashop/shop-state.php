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
        lor_make_tables($database);
        lor_apply_mail($database);
    }
    $state['lastOrder'] = $database->query('SELECT DATE_FORMAT(MAX(date_add), \'%Y-%m-%dT%H:%i:%s\') FROM ' . LOR_PREFIX . 'orders')->fetchColumn() ?: null;
    $state['mail'] = lor_mail($database);
    return $state;
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

/** PrestaShop's ways to send: 1 by the machine's own mail program, which fronts do not have; 2 by a server; 3 never. */
function lor_mail(PDO $database): string
{
    $server = lor_configuration($database, 'PS_MAIL_SERVER');
    return lor_configuration($database, 'PS_MAIL_METHOD') === '2' && $server !== null && $server !== ''
        ? "by $server"
        : 'no mail is sent: the settings name no relay (mail), and the back office no server';
}

echo json_encode(lor_state(in_array('prepare', $argv, true)), JSON_THROW_ON_ERROR) . "\n";
