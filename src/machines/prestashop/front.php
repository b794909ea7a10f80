<?php
// Run before every request of the shop (auto_prepend_file): sessions in the database, combined style sheets and scripts for all fronts,
// and a note of whether visitors are served, which the health check reads.
namespace {
    require_once __DIR__ . '/sessions.php';
    require_once __DIR__ . '/assets.php';

    register_shutdown_function(static function (): void {
        lor_share_assets($_SERVER['DOCUMENT_ROOT'] ?? '');
        // The health check's own pages are no visitors.
        if (getenv('LOR_POOL') !== 'probe' && http_response_code() < 500) {
            @touch(getenv('LOR_ROOT') . '/run/lor-front/served');
        }
    });
}
