<?php
// Run by maintenance/run.php. Given an account's name, and its new password on the first line of standard input: sets
// it, and ends its sessions. MediaWiki's own changePassword takes the password as an argument, where others may read it.
use MediaWiki\MediaWikiServices;
use MediaWiki\Session\SessionManager;

require_once '/var/www/html/maintenance/Maintenance.php';

class Password extends Maintenance
{
    public function __construct()
    {
        parent::__construct();
        $this->addDescription('Set the password of one account');
        $this->addArg('name', 'the account');
    }

    public function execute()
    {
        $password = rtrim((string) fgets(STDIN), "\n");
        $user = MediaWikiServices::getInstance()->getUserFactory()->newFromName($this->getArg(0));
        if (!$user || !$user->isRegistered()) {
            $this->fatalError('there is no account of this name');
        }
        $same = ['username' => $user->getName(), 'password' => $password, 'retype' => $password];
        $status = $user->changeAuthenticationData($same);
        if (!$status->isGood()) {
            $this->fatalError($status->getWikiText(false, false, 'en'));
        }
        SessionManager::singleton()->invalidateSessionsForUser($user);
    }
}

$maintClass = Password::class;
require_once RUN_MAINTENANCE_IF_MAIN;
