<?php
// The installer, with PrestaShop's own options and habits: it writes app/config/parameters.php with keys of its own, drops the tables
// that are there unless told otherwise, puts language files into translations/, and ends with 0 even when it failed.
require __DIR__ . '/install_version.php';

function fail(string $error): never
{
    echo "Errors :\n$error\n";
    exit;
}

/** For tests of what a cut leaves behind: SHOP_STANDIN_CUT names the step after which this process is killed. */
function step_done(string $name): void
{
    if (getenv('SHOP_STANDIN_CUT') === $name) {
        posix_kill(getmypid(), SIGKILL);
    }
}

$options = [
    'step' => 'all', 'language' => 'en', 'all_languages' => '0', 'timezone' => 'Europe/Paris', 'base_uri' => '/', 'domain' => 'localhost',
    'db_server' => 'localhost', 'db_user' => 'root', 'db_password' => '', 'db_name' => 'prestashop', 'db_clear' => '1', 'db_create' => '0',
    'prefix' => 'ps_', 'engine' => 'InnoDB', 'name' => 'PrestaShop', 'activity' => '0', 'country' => 'fr', 'firstname' => 'John',
    'lastname' => 'Doe', 'password' => 'Correct Horse Battery Staple', 'email' => 'pub@prestashop.com', 'license' => '0', 'theme' => '',
    'ssl' => '0', 'rewrite' => '1', 'fixtures' => '1', 'modules' => '', 'newsletter' => '1',
];
if ($argc < 2) {
    foreach ($options as $name => $default) {
        echo "--$name\t(Default: $default)\n";
    }
    exit;
}
foreach (array_slice($argv, 1) as $argument) {
    // A value ends where one of these characters stands, as in PrestaShop.
    if (preg_match('/^--([^=\'"><|`]+)=([^=><|`]+)/', $argument, $match) && array_key_exists($match[1], $options)) {
        $options[$match[1]] = $match[2];
    }
}
if (!filter_var($options['email'], FILTER_VALIDATE_EMAIL)) {
    fail('Field admin_email is not valid');
}

$root = dirname(__DIR__);
$before = is_file("$root/app/config/parameters.php") ? (require "$root/app/config/parameters.php")['parameters'] : [];
[$host, $port] = array_pad(explode(':', $options['db_server'], 2), 2, null);
$parameters = [
    'database_host' => $host, 'database_port' => $port, 'database_name' => $options['db_name'], 'database_user' => $options['db_user'],
    'database_password' => $options['db_password'], 'database_prefix' => $options['prefix'], 'database_engine' => $options['engine'],
    'cookie_key' => $before['cookie_key'] ?? bin2hex(random_bytes(32)), 'cookie_iv' => $before['cookie_iv'] ?? bin2hex(random_bytes(16)),
    'new_cookie_key' => 'def00000' . bin2hex(random_bytes(60)), 'secret' => bin2hex(random_bytes(32)), 'locale' => 'en-US',
    'ps_creation_date' => date('Y-m-d'), 'api_public_key' => 'own', 'api_private_key' => 'own',
];
$parameters = array_map(fn (mixed $value): mixed => is_string($value) ? str_replace('%', '%%', $value) : $value, $parameters);
$written = '<?php return ' . var_export(['parameters' => $parameters], true) . ';';
if (@file_put_contents("$root/app/config/parameters.php", $written) === false) {
    fail('Cannot write app/config/parameters.php file');
}
step_done('parameters');

require "$root/config/config.inc.php";
try {
    DbPDO::connect($options['db_server'], $options['db_user'], $options['db_password'], $options['db_name']);
} catch (PDOException $error) {
    fail('Database Server is not found. Please verify the login, password and server fields (DbPDO)');
}
$prefix = $options['prefix'];
$there = DbPDO::link()->query("SHOW TABLES LIKE '" . addcslashes($prefix, '_') . "%'")->fetchAll(PDO::FETCH_COLUMN);
if ($there !== [] && $options['db_clear'] !== '1') {
    fail('At least one table with same prefix was already found, please change your prefix or drop your database');
}
foreach ($there as $table) {
    DbPDO::run("DROP TABLE `$table`");
}
$statements = str_replace('PREFIX_', $prefix, file_get_contents(__DIR__ . '/data/db_structure.sql'));
foreach (array_filter(array_map('trim', explode(";\n", $statements))) as $index => $statement) {
    DbPDO::run(rtrim($statement, ';'));
    if ($index === 3) {
        step_done('some-tables');
    }
}
step_done('database');

Configuration::set('PS_VERSION_DB', _PS_INSTALL_VERSION_);
Configuration::set('PS_INSTALL_VERSION', _PS_INSTALL_VERSION_);
step_done('version');
DbPDO::run("INSERT INTO {$prefix}shop (name, theme_name) VALUES (?, 'classic')", [$options['name']]);
DbPDO::run("INSERT INTO {$prefix}shop_url (id_shop, domain, domain_ssl, physical_uri, main) VALUES (1, ?, ?, ?, 1)", [$options['domain'], $options['domain'], $options['base_uri']]);
foreach ([
    'PS_SHOP_DOMAIN' => $options['domain'], 'PS_SHOP_DOMAIN_SSL' => $options['domain'], 'PS_SHOP_NAME' => $options['name'],
    'PS_SSL_ENABLED' => $options['ssl'], 'PS_SSL_ENABLED_EVERYWHERE' => $options['ssl'], 'PS_REWRITING_SETTINGS' => $options['rewrite'],
    'PS_MAIL_METHOD' => '1', 'PS_MAIL_SMTP_ENCRYPTION' => 'off', 'PS_MAIL_SMTP_PORT' => '25', 'PS_SHOP_ENABLE' => '1',
    'PS_CSS_THEME_CACHE' => '1',
] as $name => $value) {
    Configuration::set($name, $value);
}
DbPDO::run("INSERT INTO {$prefix}category (id_category, name, link_rewrite) VALUES (2, 'Home', 'home')");
DbPDO::run("INSERT INTO {$prefix}employee (id_employee, email, passwd) VALUES (1, ?, ?)", [$options['email'], password_hash($options['password'], PASSWORD_BCRYPT)]);
step_done('employee');
// A language pack, which the real installer downloads: files that every front needs.
@mkdir("$root/translations/" . $options['language'], 0775, true);
file_put_contents("$root/translations/{$options['language']}/messages.php", "<?php return ['Home' => 'Home'];\n");
@mkdir("$root/config/themes/classic", 0775, true);
file_put_contents("$root/config/themes/classic/shop1.json", '{"name":"classic"}');
if ($options['fixtures'] === '1') {
    DbPDO::run("INSERT INTO {$prefix}category (id_category, name, link_rewrite) VALUES (3, 'Cakes', 'cakes')");
    foreach (['Éclair' => 4.5, 'Paris-Brest' => 5.2, 'Madeleine' => 1.1] as $name => $price) {
        DbPDO::run("INSERT INTO {$prefix}product (name, link_rewrite, price) VALUES (?, ?, ?)", [$name, strtolower(preg_replace('/[^\w]+/', '-', iconv('UTF-8', 'ASCII//TRANSLIT', $name))), $price]);
        $place = image_path((int) DbPDO::link()->lastInsertId(), 'jpg', '-home_default');
        @mkdir(dirname($place), 0775, true);
        file_put_contents($place, "image of $name");
    }
    step_done('fixtures');
}
echo "-- Installation successful! --\n";
