<?php
/** Settings, products and what a page is made of. */
final class Configuration
{
    public static function get(string $name): ?string
    {
        return DbPDO::row('SELECT value FROM ' . _DB_PREFIX_ . 'configuration WHERE name = ?', [$name])['value'] ?? null;
    }

    public static function set(string $name, string $value): void
    {
        DbPDO::run('DELETE FROM ' . _DB_PREFIX_ . 'configuration WHERE name = ?', [$name]);
        DbPDO::run(
            'INSERT INTO ' . _DB_PREFIX_ . 'configuration (name, value, date_add, date_upd) VALUES (?, ?, NOW(), NOW())',
            [$name, $value]
        );
    }
}

/** Style sheets of a page, combined into one file whose name follows from their list, as PrestaShop's CCC does. */
function combined_style(array $sheets): string
{
    $folder = '/themes/classic/assets/';
    $name = 'theme-' . substr(sha1(implode('|', $sheets)), 0, 6) . '1.css';
    $target = _PS_ROOT_DIR_ . $folder . 'cache/' . $name;
    if (!is_file($target)) {
        $text = implode("\n", array_map(fn (string $sheet) => file_get_contents(_PS_ROOT_DIR_ . $folder . 'css/' . $sheet), $sheets));
        file_put_contents($target, $text);
    }
    return $folder . 'cache/' . $name;
}

/** A page compiled once and kept in var/cache, as Smarty does with its templates. */
function page(string $title, string $body, array $sheets): string
{
    $compiled = _PS_ROOT_DIR_ . '/var/cache/prod/page.php';
    if (!is_file($compiled)) {
        @mkdir(dirname($compiled), 0775, true);
        $staged = $compiled . '.' . getmypid();
        file_put_contents($staged, '<?php return fn (string $title, string $body, string $style) => '
            . '"<!doctype html><html><head><title>$title</title><link rel=\"stylesheet\" href=\"$style\"></head><body>$body</body></html>\n";');
        rename($staged, $compiled);
    }
    return (require $compiled)(htmlspecialchars($title), $body, combined_style($sheets));
}

function product_path(array $product): string
{
    return '/' . $product['id_product'] . '-' . $product['link_rewrite'] . '.html';
}

/** Place of an image below img/p: a folder for each digit. */
function image_path(int $id, string $format = 'jpg', string $type = ''): string
{
    return _PS_ROOT_DIR_ . '/img/p/' . implode('/', str_split((string) $id)) . "/$id$type.$format";
}
