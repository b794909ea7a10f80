<?php
// The shop's front office: home, category, product, login, basket, order; friendly addresses as PrestaShop's.
require __DIR__ . '/config/config.inc.php';

function not_found(): never
{
    http_response_code(404);
    echo page('Not found', '<h1>Not found</h1>', ['base.css']);
    exit;
}

if (!defined('_DB_NAME_')) {
    header('Location: install/');
    exit;
}
try {
    $domain = Configuration::get('PS_SHOP_DOMAIN_SSL');
} catch (PDOException $error) {
    http_response_code(500);
    echo "Link to database cannot be established.\n";
    exit;
}
if (Configuration::get('PS_SHOP_ENABLE') === '0') {
    http_response_code(503);
    echo page('Maintenance', '<h1>We will be back soon</h1>', ['base.css']);
    exit;
}
// PrestaShop sends every visitor to the domain and the scheme of its own settings.
$secure = ($_SERVER['HTTPS'] ?? '') === 'on';
if ($_SERVER['HTTP_HOST'] !== $domain || (Configuration::get('PS_SSL_ENABLED') === '1' && !$secure)) {
    header("Location: https://$domain" . $_SERVER['REQUEST_URI'], true, 302);
    exit;
}
$cookie = new Cookie($domain);
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$posted = $_SERVER['REQUEST_METHOD'] === 'POST';

function basket(Cookie $cookie): int
{
    $cart = $cookie->get('id_cart');
    if ($cart === null) {
        DbPDO::run('INSERT INTO ' . _DB_PREFIX_ . 'cart (id_customer, date_add, date_upd) VALUES (?, NOW(), NOW())', [$cookie->get('id_customer') ?? 0]);
        $cart = (int) DbPDO::link()->lastInsertId();
        $cookie->set('id_cart', $cart);
    }
    return $cart;
}

function lines(?int $cart): array
{
    return $cart === null ? [] : DbPDO::rows(
        'SELECT p.id_product, p.name, p.price, c.quantity FROM ' . _DB_PREFIX_ . 'cart_product c JOIN ' . _DB_PREFIX_ . 'product p USING (id_product) WHERE c.id_cart = ?',
        [$cart]
    );
}

function answer(Cookie $cookie, mixed $value): never
{
    $cookie->send();
    header('Content-Type: application/json');
    echo json_encode($value);
    exit;
}

$prefix = _DB_PREFIX_;
if (($_GET['controller'] ?? '') === 'product' && isset($_GET['id_product'])) {
    $product = DbPDO::row("SELECT * FROM {$prefix}product WHERE id_product = ? AND active = 1", [(int) $_GET['id_product']]) ?? not_found();
    header('Location: https://' . $domain . product_path($product), true, 301);
    exit;
}
if (($_GET['controller'] ?? '') === 'category' && isset($_GET['id_category'])) {
    $category = DbPDO::row("SELECT * FROM {$prefix}category WHERE id_category = ?", [(int) $_GET['id_category']]) ?? not_found();
    header('Location: https://' . $domain . "/{$category['id_category']}-{$category['link_rewrite']}", true, 301);
    exit;
}
if ($path === '/registration' && $posted) {
    DbPDO::run("INSERT INTO {$prefix}customer (email, passwd, date_add) VALUES (?, ?, NOW())", [$_POST['email'], password_hash($_POST['password'], PASSWORD_BCRYPT)]);
    $cookie->set('id_customer', (int) DbPDO::link()->lastInsertId());
    answer($cookie, ['customer' => $_POST['email']]);
}
if ($path === '/login' && $posted) {
    $customer = DbPDO::row("SELECT * FROM {$prefix}customer WHERE email = ?", [$_POST['email']]);
    if ($customer === null || !password_verify($_POST['password'], $customer['passwd'])) {
        http_response_code(403);
        answer($cookie, ['error' => 'authentication failed']);
    }
    $cookie->set('id_customer', (int) $customer['id_customer']);
    answer($cookie, ['customer' => $customer['email']]);
}
if ($path === '/my-account') {
    $customer = DbPDO::row("SELECT email FROM {$prefix}customer WHERE id_customer = ?", [$cookie->get('id_customer') ?? 0]);
    answer($cookie, ['customer' => $customer['email'] ?? null]);
}
if ($path === '/cart') {
    if ($posted) {
        DbPDO::run(
            "INSERT INTO {$prefix}cart_product (id_cart, id_product, quantity, date_add) VALUES (?, ?, ?, NOW()) ON DUPLICATE KEY UPDATE quantity = quantity + VALUES(quantity)",
            [basket($cookie), (int) $_POST['id_product'], (int) ($_POST['qty'] ?? 1)]
        );
    }
    answer($cookie, lines($cookie->get('id_cart')));
}
if ($path === '/order' && $posted) {
    $bought = lines($cookie->get('id_cart'));
    $customer = $cookie->get('id_customer');
    if ($bought === [] || $customer === null) {
        http_response_code(409);
        answer($cookie, ['error' => 'no customer, or an empty basket']);
    }
    $reference = strtoupper(bin2hex(random_bytes(5)));
    $total = array_sum(array_map(fn (array $line) => $line['price'] * $line['quantity'], $bought));
    DbPDO::link()->beginTransaction();
    DbPDO::run(
        "INSERT INTO {$prefix}orders (reference, id_customer, id_cart, total_paid, date_add) VALUES (?, ?, ?, ?, NOW())",
        [$reference, $customer, $cookie->get('id_cart'), $total]
    );
    $order = (int) DbPDO::link()->lastInsertId();
    foreach ($bought as $line) {
        DbPDO::run("INSERT INTO {$prefix}order_detail (id_order, product_id, product_quantity) VALUES (?, ?, ?)", [$order, $line['id_product'], $line['quantity']]);
    }
    DbPDO::link()->commit();
    $cookie->set('id_cart', null);
    answer($cookie, ['reference' => $reference]);
}
if ($path === '/order-history') {
    answer($cookie, DbPDO::rows("SELECT reference, total_paid FROM {$prefix}orders WHERE id_customer = ? ORDER BY id_order", [$cookie->get('id_customer') ?? 0]));
}
if (preg_match('#/(\d+)-[\w-]+\.html$#', $path, $match)) {
    $product = DbPDO::row("SELECT * FROM {$prefix}product WHERE id_product = ? AND active = 1", [(int) $match[1]]) ?? not_found();
    $image = "/{$product['id_product']}-home_default/{$product['link_rewrite']}.jpg";
    echo page($product['name'], '<h1>' . htmlspecialchars($product['name']) . "</h1><img src=\"$image\"><p>{$product['price']} €</p>", ['base.css', 'product.css']);
    exit;
}
if (preg_match('#^/(\d+)-[\w-]+$#', $path, $match)) {
    $category = DbPDO::row("SELECT * FROM {$prefix}category WHERE id_category = ?", [(int) $match[1]]) ?? not_found();
    echo page($category['name'], '<h1>' . htmlspecialchars($category['name']) . '</h1>', ['base.css', 'category.css']);
    exit;
}
if (!in_array($path, ['/', '/index.php'], true)) {
    not_found();
}
$list = implode('', array_map(
    fn (array $product) => '<li><a href="' . product_path($product) . '">' . htmlspecialchars($product['name']) . '</a></li>',
    DbPDO::rows("SELECT * FROM {$prefix}product WHERE active = 1 ORDER BY id_product LIMIT 8")
));
$cookie->send();
echo page(Configuration::get('PS_SHOP_NAME') ?? 'Shop', "<h1>Welcome</h1><ul>$list</ul>", ['base.css', 'home.css']);
