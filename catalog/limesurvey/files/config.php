<?php if (!defined('BASEPATH')) exit('No direct script access allowed');
// LimeSurvey's settings file. It is read several times in one request: it must define nothing.
// What is under "config" counts until an administrator chooses otherwise in the global settings.
$security = getenv('MAIL_SECURITY');
return [
    'components' => [
        'db' => [
            'connectionString' => 'mysql:host=db;port=3306;dbname=limesurvey;',
            'emulatePrepare' => true,
            'username' => 'limesurvey',
            'password' => trim((string) file_get_contents('/run/secrets/db_password')),
            'charset' => 'utf8mb4',
            'tablePrefix' => 'lime_',
        ],
        // In the database: people in the middle of a survey go on after a restart.
        'session' => [
            'class' => 'application.core.web.DbHttpSession',
            'connectionID' => 'db',
            'sessionTableName' => '{{sessions}}',
        ],
        'urlManager' => ['urlFormat' => 'path', 'rules' => [], 'showScriptName' => true],
        'request' => ['baseUrl' => '', 'hostInfo' => getenv('SITE_URL')],
    ],
    'config' => [
        'publicurl' => getenv('SITE_URL'),
        'debug' => 0,
        'debugsql' => 0,
        'mysqlEngine' => 'InnoDB',
        'sitename' => getenv('SITE_NAME'),
        'defaultlang' => getenv('SITE_LANGUAGE') ?: 'fr',
        'siteadminname' => getenv('SITE_NAME'),
        'siteadminemail' => getenv('MAIL_FROM') ?: getenv('CONTACT'),
        'siteadminbounce' => getenv('MAIL_FROM') ?: getenv('CONTACT'),
        'emailmethod' => getenv('MAIL_HOST') ? 'smtp' : 'mail',
        'emailsmtphost' => getenv('MAIL_HOST') ? getenv('MAIL_HOST') . ':' . (getenv('MAIL_PORT') ?: '587') : 'localhost',
        'emailsmtpssl' => ['tls' => 'ssl', 'starttls' => 'tls'][$security] ?? '',
        'emailsmtpuser' => (string) getenv('MAIL_USER'),
        'emailsmtppassword' => getenv('MAIL_USER') ? trim((string) @file_get_contents('/run/secrets/mail_password')) : '',
        // The interface the probe uses; it asks for an account.
        'RPCInterface' => 'json',
        'updatable' => false,
    ],
];
