<?php
// Plugins that are entry points themselves find DokuWiki here, whatever their links lead to.
defined('DOKU_INC') || define('DOKU_INC', __DIR__ . '/');
