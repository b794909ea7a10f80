<?php
// Laid over every release (PrestaShop's own way to replace a class): the shop's connections speak TLS, which the original can't.
require_once getenv('LOR_ROOT') . '/usr/local/lib/lor/database.php';

class DbPDO extends DbPDOCore
{
    protected static function getPDO($host, $user, $password, $dbname, $timeout = 5)
    {
        $source = 'mysql:charset=utf8mb4';
        if ($dbname) {
            $source .= ';dbname=' . $dbname;
        }
        [$name, $port] = array_pad(explode(':', $host, 2), 2, '3306');
        $options = [
            PDO::ATTR_TIMEOUT => $timeout,
            PDO::MYSQL_ATTR_USE_BUFFERED_QUERY => true,
        ];
        // Not as given: whether PrestaShop halves the doubled signs of parameters.php differs from version to version.
        $login = lor_settings()['database'];
        return new PDO(
            $source . ';host=' . $name . ';port=' . (int) $port,
            $login['user'],
            $login['password'],
            $options + lor_tls_options(lor_ca())
        );
    }
}
