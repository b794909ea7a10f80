<?php
/** The shop's only way to its database. getPDO is what an override replaces. */
class DbPDOCore
{
    private static ?PDO $link = null;

    protected static function getPDO($host, $user, $password, $dbname, $timeout = 5)
    {
        [$name, $port] = array_pad(explode(':', $host, 2), 2, '3306');
        $source = "mysql:host=$name;port=$port;charset=utf8mb4" . ($dbname ? ";dbname=$dbname" : '');
        return new PDO($source, $user, $password, [PDO::ATTR_TIMEOUT => $timeout]);
    }

    public static function connect(string $host, string $user, string $password, string $name): PDO
    {
        $link = static::getPDO($host, $user, $password, $name);
        $link->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
        $link->setAttribute(PDO::ATTR_DEFAULT_FETCH_MODE, PDO::FETCH_ASSOC);
        return self::$link = $link;
    }

    /** A connection for each request, none kept afterwards. */
    public static function link(): PDO
    {
        return self::$link ?? static::connect(_DB_SERVER_, _DB_USER_, _DB_PASSWD_, _DB_NAME_);
    }

    public static function rows(string $statement, array $values = []): array
    {
        return self::run($statement, $values)->fetchAll();
    }

    public static function row(string $statement, array $values = []): ?array
    {
        return self::rows($statement, $values)[0] ?? null;
    }

    public static function run(string $statement, array $values = []): PDOStatement
    {
        $prepared = static::link()->prepare($statement);
        $prepared->execute($values);
        return $prepared;
    }
}
