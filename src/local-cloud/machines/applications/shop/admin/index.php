<?php
// The back office: signed in by PHP's session, as PrestaShop's Symfony part is. Its folder is renamed by whoever installs the shop.
require dirname(__DIR__) . '/config/config.inc.php';
session_start();
header('Content-Type: application/json');

if (isset($_POST['email'], $_POST['passwd'])) {
    $employee = DbPDO::row('SELECT * FROM ' . _DB_PREFIX_ . 'employee WHERE email = ? AND active = 1', [$_POST['email']]);
    if ($employee !== null && password_verify($_POST['passwd'], $employee['passwd'])) {
        session_regenerate_id(true);
        $_SESSION['employee'] = $employee['email'];
    }
}
if (!isset($_SESSION['employee'])) {
    http_response_code(403);
    echo json_encode(['error' => 'sign in']);
    exit;
}
if (isset($_FILES['image'])) {
    // An image of a product: stored under img/p, one folder for each digit.
    $place = image_path((int) $_POST['id_image'], 'jpg', $_POST['type'] ?? '');
    @mkdir(dirname($place), 0775, true);
    if (!move_uploaded_file($_FILES['image']['tmp_name'], $place)) {
        http_response_code(500);
        echo json_encode(['error' => 'the image could not be stored']);
        exit;
    }
}
echo json_encode(['employee' => $_SESSION['employee']]);
