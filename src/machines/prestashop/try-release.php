<?php
// Asks a release on trial for its pages, before a visitor reaches it: prints nothing and ends with 0 when they answer, with the reason otherwise.
require __DIR__ . '/pages.php';

try {
    $database = lor_database(10);
    // A first page compiles what it is made of.
    for ($tries = 0; $tries < 6; $tries++) {
        $page = lor_pages($database, LOR_TRIAL, true);
        if ($page['result'] !== 'slow') {
            break;
        }
    }
    $reason = $page['reason'];
} catch (Throwable $error) {
    $reason = lor_reason($error);
}
echo $reason;
exit($reason === '' ? 0 : 1);
