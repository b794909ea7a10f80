<?php
// A scheduled task, as modules of PrestaShop have them: notes in the database that it ran, and on which machine.
require dirname(__DIR__, 2) . '/config/config.inc.php';
DbPDO::run('INSERT INTO ' . _DB_PREFIX_ . 'cron_run (machine, date_add) VALUES (?, NOW())', [gethostname()]);
