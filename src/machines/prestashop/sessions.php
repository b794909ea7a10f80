<?php
// PHP's sessions go to the shop's database, not to this front's disk, so that a visitor can be served by any front. Visitors' logins and
// baskets are PrestaShop's own, in cookies and tables; what is here is the rest: tokens of forms, messages, the back office.
namespace {
    require_once __DIR__ . '/database.php';

    final class LorSessions implements SessionHandlerInterface, SessionUpdateTimestampHandlerInterface
    {
        private ?PDO $database = null;

        public function open(string $path, string $name): bool
        {
            return true;
        }

        public function close(): bool
        {
            return true;
        }

        public function read(string $id): string|false
        {
            $found = $this->run('SELECT data FROM lor_session WHERE id = ? AND expires > UNIX_TIMESTAMP()', [$id])->fetchColumn();
            return $found === false ? '' : base64_decode((string) $found);
        }

        public function write(string $id, string $data): bool
        {
            $this->run('REPLACE INTO lor_session (id, data, expires) VALUES (?, ?, UNIX_TIMESTAMP() + ?)', [$id, base64_encode($data), $this->seconds()]);
            return true;
        }

        public function destroy(string $id): bool
        {
            $this->run('DELETE FROM lor_session WHERE id = ?', [$id]);
            return true;
        }

        public function gc(int $lifetime): int|false
        {
            return lor_forget_sessions($this->database ??= lor_database(5));
        }

        /** An id that nobody was given is not taken over. */
        public function validateId(string $id): bool
        {
            return $this->run('SELECT 1 FROM lor_session WHERE id = ? AND expires > UNIX_TIMESTAMP()', [$id])->fetchColumn() !== false;
        }

        public function updateTimestamp(string $id, string $data): bool
        {
            $this->run('UPDATE lor_session SET expires = UNIX_TIMESTAMP() + ? WHERE id = ?', [$this->seconds(), $id]);
            return true;
        }

        /** Life of a session. Its end is counted by the database's clock: fronts may disagree about the time. */
        private function seconds(): int
        {
            return (int) ini_get('session.gc_maxlifetime');
        }

        /** The table is made by `lor-app install`, or when a release is put in place. */
        private function run(string $statement, array $values): PDOStatement
        {
            $this->database ??= lor_database(5);
            $prepared = $this->database->prepare($statement);
            $prepared->execute($values);
            return $prepared;
        }
    }

    session_set_save_handler(new LorSessions(), true);
}

namespace Symfony\Component\HttpFoundation\Session\Storage {
    // PrestaShop makes its session through this library, which puts PHP's own handler (files) in place whenever none is named,
    // calling the function without a leading backslash: it finds this one first. A handler that is named is still honoured.
    function session_set_save_handler(object $handler, bool $registerShutdown = true): bool
    {
        $files = $handler instanceof Proxy\SessionHandlerProxy && $handler->getSaveHandlerName() === 'files';
        return $files || \session_set_save_handler($handler, $registerShutdown);
    }
}
