<?php
// For Person.php and Leave.php: whom an e-mail address or a name means.
use MediaWiki\User\User;

trait Accounts
{
    /** Return the accounts with this e-mail address or this name. */
    private function accounts(string $who): array
    {
        $rows = $this->getDB(DB_REPLICA)->newSelectQueryBuilder()->select('user_id')->from('user')
            ->where(['user_email' => $who])->caller(__METHOD__)->fetchFieldValues();
        $found = array_map([User::class, 'newFromId'], $rows);
        $named = User::newFromName($who);
        return $found ?: ($named && $named->isRegistered() ? [$named] : []);
    }
}
