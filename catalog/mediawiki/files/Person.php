<?php
// Run by maintenance/run.php. Given "export" or "erase" and an e-mail address or an account's name: print what the wiki
// knows of that person as JSON; or take the person out of the wiki, and print what was done.
use MediaWiki\MediaWikiServices;
use MediaWiki\RenameUser\RenameuserSQL;
use MediaWiki\User\User;

require_once '/var/www/html/maintenance/Maintenance.php';

class Person extends Maintenance
{
    public function __construct()
    {
        parent::__construct();
        $this->addDescription('Export or erase what the wiki knows of one person');
        $this->addArg('what', 'export or erase');
        $this->addArg('person', 'e-mail address or name of the account');
    }

    public function execute()
    {
        [$what, $who] = [$this->getArg(0), $this->getArg(1)];
        if (!in_array($what, ['export', 'erase'], true)) {
            $this->fatalError('wanted: export or erase, and an e-mail address or the name of an account');
        }
        $report = [];
        foreach ($this->accounts($who) as $user) {
            $name = $user->getName();
            $report[$name] = $what === 'export' ? $this->known($user) : $this->erase($user);
        }
        $flags = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES;
        $this->output(json_encode((object) $report, $flags) . "\n");
    }

    /** Return the accounts with this e-mail address or this name. */
    private function accounts(string $who): array
    {
        $rows = $this->getDB(DB_REPLICA)->newSelectQueryBuilder()->select('user_id')->from('user')
            ->where(['user_email' => $who])->caller(__METHOD__)->fetchFieldValues();
        $found = array_map([User::class, 'newFromId'], $rows);
        $named = User::newFromName($who);
        return $found ?: ($named && $named->isRegistered() ? [$named] : []);
    }

    /** Return everything the wiki keeps under this account. */
    private function known(User $user): array
    {
        $services = MediaWikiServices::getInstance();
        $database = $this->getDB(DB_REPLICA);
        $rows = fn (string $table, array $fields, array $where): array => array_map(
            fn ($row) => (array) $row,
            iterator_to_array($database->newSelectQueryBuilder()->select($fields)->from($table)->where($where)
                ->caller(__METHOD__)->fetchResultSet(), false)
        );
        $actor = $user->getActorId();
        $edits = $database->newSelectQueryBuilder()
            ->select(['page_namespace', 'page_title', 'rev_id', 'rev_timestamp', 'comment_text'])->from('revision')
            ->join('page', null, 'page_id = rev_page')->join('comment', null, 'comment_id = rev_comment_id')
            ->where(['rev_actor' => $actor])->caller(__METHOD__)->fetchResultSet();
        return [
            'name' => $user->getName(), 'real name' => $user->getRealName(), 'e-mail' => $user->getEmail(),
            'registered' => $user->getRegistration(),
            'groups' => $services->getUserGroupManager()->getUserGroups($user),
            'preferences' => $services->getUserOptionsManager()->getOptions($user, 1),
            'edits' => array_map(fn ($row) => (array) $row, iterator_to_array($edits, false)),
            'actions' => $rows(
                'logging', ['log_type', 'log_action', 'log_timestamp', 'log_title'], ['log_actor' => $actor]
            ),
            'files' => $rows('image', ['img_name', 'img_timestamp'], ['img_actor' => $actor]),
            'watched' => $rows('watchlist', ['wl_namespace', 'wl_title'], ['wl_user' => $user->getId()]),
        ];
    }

    /** Give the account a name that says nothing, empty it and close it. What it wrote stays: it is the wiki's text. */
    private function erase(User $user): string
    {
        $sysops = $this->getDB(DB_REPLICA)->newSelectQueryBuilder()->select('ug_user')->from('user_groups')
            ->where(['ug_group' => 'sysop'])->caller(__METHOD__)->fetchFieldValues();
        if ($sysops === [(string) $user->getId()]) {
            $this->fatalError('this is the last administrator: make another one first');
        }
        [$old, $new] = [$user->getName(), 'Former member ' . $user->getId()];
        $this->deletePages($user);
        if ($old !== $new) {
            $performer = User::newSystemUser(User::MAINTENANCE_SCRIPT_USER, ['steal' => true]);
            $renaming = new RenameuserSQL($old, $new, $user->getId(), $performer);
            $renaming->rename() || $this->fatalError('renaming failed');
        }
        $database = $this->getDB(DB_PRIMARY);
        $blank = ['user_real_name' => '', 'user_email' => '', 'user_password' => '', 'user_newpassword' => '',
            'user_token' => MWCryptRand::generateHex(32), 'user_email_authenticated' => null];
        $this->change($database->newUpdateQueryBuilder()->update('user')->set($blank), ['user_id' => $user->getId()]);
        $private = ['user_properties' => 'up_user', 'watchlist' => 'wl_user', 'user_groups' => 'ug_user'];
        foreach ($private as $table => $key) {
            $this->change($database->newDeleteQueryBuilder()->deleteFrom($table), [$key => $user->getId()]);
        }
        // The journal still says who was renamed, and when.
        $this->change($database->newDeleteQueryBuilder()->deleteFrom('logging'), ['log_type' => 'renameuser']);
        $this->change($database->newDeleteQueryBuilder()->deleteFrom('recentchanges'), ['rc_log_type' => 'renameuser']);
        MediaWikiServices::getInstance()->getMainWANObjectCache()->clearProcessCache();
        User::newFromId($user->getId())->invalidateCache();
        return "now $new, without address, password and preferences; its edits stay under that name";
    }

    private function change(object $query, array $where): void
    {
        $query->where($where)->caller(__METHOD__)->execute();
    }

    /** Delete the person's own pages. */
    private function deletePages(User $user): void
    {
        $performer = User::newSystemUser(User::MAINTENANCE_SCRIPT_USER, ['steal' => true]);
        $services = MediaWikiServices::getInstance();
        foreach ([$user->getUserPage(), $user->getTalkPage()] as $title) {
            if ($title->exists()) {
                $page = $services->getWikiPageFactory()->newFromTitle($title);
                $services->getDeletePageFactory()->newDeletePage($page, $performer)->deleteUnsafe('');
            }
        }
    }
}

$maintClass = Person::class;
