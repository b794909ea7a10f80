<?php
// Runs PrestaShop's own command-line installer with options read from standard input: arguments of a process can be read by every user
// of the machine, and two of these are passwords. Called in the installer's folder.
$options = json_decode((string) stream_get_contents(STDIN), true, 4, JSON_THROW_ON_ERROR);
$argv = ['index_cli.php'];
foreach ($options as $name => $value) {
    $argv[] = "--$name=$value";
}
$argc = count($argv);
$_SERVER['argv'] = $argv;
$_SERVER['argc'] = $argc;
require getcwd() . '/index_cli.php';
