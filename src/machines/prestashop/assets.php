<?php
// Style sheets and scripts that PrestaShop combines while it renders a page: kept in the database, because the next request of the same
// visitor may reach another front, and a mount of object storage shows a new file only after its folder's cache has ended.
require_once __DIR__ . '/database.php';

/** Files larger than this are not shared; the front that made them still serves them. */
const LOR_ASSET_BYTES = 8_000_000;
/** How long an asset that no front has made again is kept. */
const LOR_ASSET_SECONDS = 90 * 86400;

/** Stores what a page has just added to a theme's cache. Costs one stat for each theme when nothing was added. */
function lor_share_assets(string $root): void
{
    foreach (glob("$root/themes/*/assets/cache", GLOB_ONLYDIR) ?: [] as $folder) {
        $seen = getenv('LOR_ROOT') . '/run/lor-front/assets-' . md5($folder);
        // Not "newer than": a time that was noted while the clock was ahead would hide what is added later.
        if (@filemtime($seen) === filemtime($folder)) {
            continue;
        }
        // Before the look, so that what another request adds meanwhile is found by the next one.
        $asOf = filemtime($folder);
        try {
            lor_store_assets($root, $folder);
            // File times count whole seconds: the present second may still bring another file.
            @touch($seen, abs(time() - $asOf) <= 1 ? $asOf - 1 : $asOf);
        } catch (Throwable) {
            // The next request tries again; this visitor has the page already.
        }
    }
}

function lor_store_assets(string $root, string $folder): void
{
    $database = lor_database(5);
    $known = $database->query('SELECT path FROM lor_asset')->fetchAll(PDO::FETCH_COLUMN);
    $add = $database->prepare('REPLACE INTO lor_asset (path, body, at) VALUES (?, ?, UNIX_TIMESTAMP())');
    foreach (glob("$folder/*.{css,js}", GLOB_BRACE) ?: [] as $file) {
        $path = lor_asset_key($root, substr($file, strlen($root)));
        if (!in_array($path, $known, true) && filesize($file) <= LOR_ASSET_BYTES) {
            $add->bindValue(1, $path);
            $add->bindValue(2, file_get_contents($file), PDO::PARAM_LOB);
            $add->execute();
        }
    }
    $database->prepare('DELETE FROM lor_asset WHERE at < UNIX_TIMESTAMP() - ?')->execute([LOR_ASSET_SECONDS]);
}

/** The same file name of two releases is two files. */
function lor_asset_key(string $root, string $path): string
{
    return basename(realpath($root) ?: $root) . $path;
}
