<?php
define('_PS_VERSION_', '@@version@@');
