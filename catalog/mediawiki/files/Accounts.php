<?php
// Whom a name or an e-mail address belongs to, for the scripts about one person.
use MediaWiki\User\User;

trait Accounts
{
    /** Return the accounts with this e-mail address, or else the one of this name. */
    private function accounts(string $who): array
    {
        $rows = $this->getDB(DB_REPLICA)->newSelectQueryBuilder()->select('user_id')->from('user')
            ->where(['user_email' => $who])->caller(__METHOD__)->fetchFieldValues();
        $found = array_map([User::class, 'newFromId'], $rows);
        $named = User::newFromName($who);
        return $found ?: ($named && $named->isRegistered() ? [$named] : []);
    }

    /** Stop unless somebody else can administer the wiki. */
    private function refuseLast(User $user): void
    {
        $sysops = $this->getDB(DB_REPLICA)->newSelectQueryBuilder()->select('ug_user')->from('user_groups')
            ->where(['ug_group' => 'sysop'])->caller(__METHOD__)->fetchFieldValues();
        if ($sysops === [(string) $user->getId()]) {
            $this->fatalError('this is the last administrator: make another one first');
        }
    }
}
