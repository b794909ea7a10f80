<?php
/** The visitor's cookie: encrypted with the shop's own key, so that every front with that key reads it. */
final class Cookie
{
    private array $values = [];
    private bool $changed = false;
    private readonly string $name;
    private readonly string $key;

    public function __construct(string $domain)
    {
        $this->name = 'PrestaShop-' . md5(_PS_VERSION_[0] . 'ps-s1' . $domain);
        $this->key = hash('sha256', _NEW_COOKIE_KEY_, true);
        $this->values = self::open($_COOKIE[$this->name] ?? '', $this->key);
    }

    public function get(string $name): ?int
    {
        return isset($this->values[$name]) ? (int) $this->values[$name] : null;
    }

    public function set(string $name, ?int $value): void
    {
        $this->values[$name] = $value;
        $this->changed = true;
    }

    public function send(): void
    {
        if ($this->changed) {
            $secure = ($_SERVER['HTTPS'] ?? '') === 'on';
            setcookie($this->name, self::seal($this->values, $this->key), [
                'expires' => time() + 480 * 3600, 'path' => '/', 'secure' => $secure, 'httponly' => true, 'samesite' => 'Lax',
            ]);
        }
    }

    private static function seal(array $values, string $key): string
    {
        $iv = random_bytes(12);
        $sealed = openssl_encrypt(json_encode($values), 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $iv, $tag);
        return bin2hex($iv . $tag . $sealed);
    }

    private static function open(string $text, string $key): array
    {
        $bytes = ctype_xdigit($text) && strlen($text) % 2 === 0 ? hex2bin($text) : '';
        $plain = strlen($bytes) > 28
            ? openssl_decrypt(substr($bytes, 28), 'aes-256-gcm', $key, OPENSSL_RAW_DATA, substr($bytes, 0, 12), substr($bytes, 12, 16))
            : false;
        return $plain === false ? [] : json_decode($plain, true);
    }
}
