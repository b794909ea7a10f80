<?php
// Bootstrap included by every entry point: defines the configuration constants and loads the database and shop classes.
define('_PS_ROOT_DIR_', dirname(__DIR__));
require _PS_ROOT_DIR_ . '/install-version.php';

/** Settings as PrestaShop keeps them; null before an installation. */
function shop_parameters(): ?array
{
    $file = _PS_ROOT_DIR_ . '/app/config/parameters.php';
    return is_file($file) ? (require $file)['parameters'] : null;
}

/** Refuses what PrestaShop's container refuses: %name% stands for another parameter there. */
function check_references(array $parameters, string $value): void
{
    preg_match_all('/%%|%([^%\s]+)%/', $value, $found);
    foreach (array_filter($found[1]) as $name) {
        $parameters[$name] ?? throw new RuntimeException("You have requested a non-existent parameter \"$name\".");
    }
}

$parameters = shop_parameters();
if ($parameters !== null) {
    // PrestaShop's container asks for every parameter that a service names.
    foreach (['api_public_key', 'api_private_key'] as $name) {
        $parameters[$name] ?? throw new RuntimeException("You have requested a non-existent parameter \"$name\".");
    }
    foreach (array_filter($parameters, is_string(...)) as $value) {
        check_references($parameters, $value);
    }
    define('_DB_SERVER_', $parameters['database_host'] . ($parameters['database_port'] ? ':' . $parameters['database_port'] : ''));
    define('_DB_NAME_', $parameters['database_name']);
    define('_DB_USER_', $parameters['database_user']);
    define('_DB_PASSWD_', $parameters['database_password']);
    define('_DB_PREFIX_', $parameters['database_prefix']);
    define('_COOKIE_KEY_', $parameters['cookie_key']);
    define('_NEW_COOKIE_KEY_', $parameters['new_cookie_key']);
}
require _PS_ROOT_DIR_ . '/classes/db/DbPDO.php';
// An override takes a class's place, as in PrestaShop.
if (is_file(_PS_ROOT_DIR_ . '/override/classes/db/DbPDO.php')) {
    require _PS_ROOT_DIR_ . '/override/classes/db/DbPDO.php';
} else {
    class DbPDO extends DbPDOCore
    {
    }
}
require _PS_ROOT_DIR_ . '/classes/Cookie.php';
require _PS_ROOT_DIR_ . '/classes/Catalogue.php';
