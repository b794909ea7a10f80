<?php
define('_PS_INSTALL_VERSION_', '@@version@@');
