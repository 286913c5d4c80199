<?php
// Run by maintenance/run.php. Given an e-mail address or an account's name: nobody can sign in by it any more, its
// sessions and bot passwords end, its groups go. Name, edits and files stay. Prints changed, unchanged or unknown.
use MediaWiki\MediaWikiServices;
use MediaWiki\User\User;

require_once '/var/www/html/maintenance/Maintenance.php';
require_once __DIR__ . '/Accounts.php';

class Leave extends Maintenance
{
    use Accounts;

    public function __construct()
    {
        parent::__construct();
        $this->addDescription('Close the account of one who leaves');
        $this->addArg('person', 'e-mail address or name of the account');
    }

    public function execute()
    {
        $answer = 'unknown';
        foreach ($this->accounts($this->getArg(0)) as $user) {
            $answer = $this->close($user) ? 'changed' : ($answer === 'changed' ? $answer : 'unchanged');
        }
        if ($answer === 'changed') {
            // The server remembers accounts in memory that no other program can reach, and would let open sessions go
            // on for up to an hour. It ends in a second, and Docker starts it again.
            exec('setsid sh -c "sleep 1; kill -TERM 1" > /dev/null 2>&1 &');
        }
        $this->output("$answer\n");
    }

    private function close(User $user): bool
    {
        $groups = MediaWikiServices::getInstance()->getUserGroupManager();
        $mine = $groups->getUserGroups($user);
        if ($user->isSystemUser() && !$mine && !$user->getEmail()) {
            return false;
        }
        $sysops = $this->getDB(DB_REPLICA)->newSelectQueryBuilder()->select('ug_user')->from('user_groups')
            ->where(['ug_group' => 'sysop'])->caller(__METHOD__)->fetchFieldValues();
        if ($sysops === [(string) $user->getId()]) {
            $this->fatalError('this is the last administrator: make another one first');
        }
        // MediaWiki's own way to make an account that only programs use: no password, no token, no sessions.
        $closed = User::newSystemUser($user->getName(), ['steal' => true]);
        $closed || $this->fatalError('the account could not be closed');
        // With an address, a new password could be asked for.
        $closed->setEmail('');
        $closed->saveSettings();
        foreach ($mine as $group) {
            $groups->removeUserFromGroup($closed, $group);
        }
        return true;
    }
}

$maintClass = Leave::class;
