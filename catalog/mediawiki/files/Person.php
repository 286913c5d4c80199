<?php
// Run by maintenance/run.php. Given "export" or "erase" and an e-mail address or an account's name: print what the wiki
// knows of that person as JSON; or take the person out of the wiki, and print what was done.
use MediaWiki\Content\TextContent;
use MediaWiki\Deferred\DeferredUpdates;
use MediaWiki\MediaWikiServices;
use MediaWiki\RenameUser\RenameuserSQL;
use MediaWiki\Revision\RevisionRecord;
use MediaWiki\User\User;

require_once '/var/www/html/maintenance/Maintenance.php';
require_once __DIR__ . '/Accounts.php';

class Person extends Maintenance
{
    use Accounts;

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
        [$report, $found] = [[], $this->accounts($who)];
        foreach ($found ?: $this->unfinished($who) as $user) {
            $name = $found ? $user->getName() : User::newFromName($who)->getName();
            $report[$name] = $what === 'export' ? $this->known($user) : $this->erase($user, $name);
        }
        $flags = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
        $this->output(json_encode((object) $report, $flags | JSON_THROW_ON_ERROR) . "\n");
    }

    /** Return the account that an erasure had renamed when it was killed: the journal says so until all is done. */
    private function unfinished(string $who): array
    {
        $named = User::newFromName($who);
        $title = $named ? strtr($named->getName(), ' ', '_') : '';
        $entries = $this->getDB(DB_PRIMARY)->newSelectQueryBuilder()->select('log_params')->from('logging')
            ->where(['log_type' => 'renameuser', 'log_namespace' => NS_USER, 'log_title' => $title])
            ->caller(__METHOD__)->fetchFieldValues();
        $numbers = preg_replace('/^.*"Former member (\d+)".*$/s', '$1', preg_grep('/"Former member \d+"/', $entries));
        $users = array_map([User::class, 'newFromId'], array_unique($numbers));
        return array_filter($users, fn ($user) => $user->getName() === $this->newName($user));
    }

    private function newName(User $user): string
    {
        return 'Former member ' . $user->getId();
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
            'own pages' => $this->ownTexts($user),
            'edits' => array_map(fn ($row) => (array) $row, iterator_to_array($edits, false)),
            'actions' => $rows(
                'logging', ['log_type', 'log_action', 'log_timestamp', 'log_title'], ['log_actor' => $actor]
            ),
            'files' => $rows('image', ['img_name', 'img_timestamp'], ['img_actor' => $actor]),
            'watched' => $rows('watchlist', ['wl_namespace', 'wl_title'], ['wl_user' => $user->getId()]),
        ];
    }

    /**
     * Give the account a name that says nothing, empty it and close it. What it wrote stays: it is the wiki's text.
     *
     * Killed anywhere, it is finished when called again with the same name: the name goes after all else, and last the
     * journal's entry that says whose it was.
     */
    private function erase(User $user, string $old): string
    {
        $sysops = $this->getDB(DB_REPLICA)->newSelectQueryBuilder()->select('ug_user')->from('user_groups')
            ->where(['ug_group' => 'sysop'])->caller(__METHOD__)->fetchFieldValues();
        if ($sysops === [(string) $user->getId()]) {
            $this->fatalError('this is the last administrator: make another one first');
        }
        $new = $this->newName($user);
        $this->deletePages($user);
        $this->finishWork();
        $this->forget($user, $old, $new);
        $this->blank($user);
        if ($user->getName() !== $new) {
            $performer = User::newSystemUser(User::MAINTENANCE_SCRIPT_USER, ['steal' => true]);
            $renaming = new RenameuserSQL($old, $new, $user->getId(), $performer);
            $renaming->rename() || $this->fatalError('renaming failed');
        }
        $this->finishWork();
        $database = $this->getDB(DB_PRIMARY);
        // Every session ends: they are packed, and name their owners inside.
        $session = $database->buildLike($database->anyString(), ':MWSession:', $database->anyString());
        $this->change($database->newDeleteQueryBuilder()->deleteFrom('objectcache'), ["keyname$session"]);
        // The list of active users keeps a name for a month; a job may have written it before the renaming.
        $active = ['qcc_type' => 'activeusers', 'qcc_title' => $old];
        $this->change($database->newDeleteQueryBuilder()->deleteFrom('querycachetwo'), $active);
        MediaWikiServices::getInstance()->getMainWANObjectCache()->clearProcessCache();
        User::newFromId($user->getId())->invalidateCache();
        $this->forgetRenames($old, $new);
        return "now $new, without address, password and preferences; its edits stay under that name";
    }

    /** Do what renaming and deleting left for later: it names the person, and has to be done before the traces go. */
    private function finishWork(): void
    {
        DeferredUpdates::doUpdates();
        MediaWikiServices::getInstance()->getJobRunner()->run(['maxTime' => 120]);
    }

    private function blank(User $user): void
    {
        $database = $this->getDB(DB_PRIMARY);
        $blank = ['user_real_name' => '', 'user_email' => '', 'user_password' => '', 'user_newpassword' => '',
            'user_token' => MWCryptRand::generateHex(32), 'user_email_authenticated' => null];
        $this->change($database->newUpdateQueryBuilder()->update('user')->set($blank), ['user_id' => $user->getId()]);
        $private = ['user_properties' => 'up_user', 'watchlist' => 'wl_user', 'user_groups' => 'ug_user',
            'user_former_groups' => 'ufg_user', 'user_newtalk' => 'user_id', 'bot_passwords' => 'bp_user'];
        foreach ($private as $table => $key) {
            $this->change($database->newDeleteQueryBuilder()->deleteFrom($table), [$key => $user->getId()]);
        }
    }

    /** Take the names out of summaries, journals and lists of others. */
    private function forget(User $user, string $old, string $new): void
    {
        $database = $this->getDB(DB_PRIMARY);
        [$from, $to] = [strtr($old, ' ', '_'), strtr($new, ' ', '_')];
        foreach (array_unique(array_filter([$user->getEmail(), $user->getRealName(), $old, $from])) as $name) {
            $this->replace($name, $new, mb_strlen($name) < 4 ? $this->ownSummaries($user, $from) : []);
        }
        // In small letters a name may be a word: the summaries of others speak of a "page" where no user Page is meant.
        $this->replace(lcfirst($old), $new, $this->ownSummaries($user, $from));
        $titles = ['logging' => 'log', 'recentchanges' => 'rc', 'watchlist' => 'wl'];
        foreach ($titles as $table => $short) {
            $rest = "SUBSTRING({$short}_title, " . (strlen($from) + 1) . ')';
            $change = "{$short}_title = CONCAT(" . $database->addQuotes($to) . ", $rest)";
            // An entry of a renaming has to keep its title: it is what finds the person again.
            $this->change(
                $database->newUpdateQueryBuilder()->update($table)->ignore()->set($change),
                ["{$short}_namespace" => [NS_USER, NS_USER_TALK], $this->below($database, "{$short}_title", $from),
                    ...($table === 'logging' ? ["log_type <> 'renameuser'"] : [])]
            );
        }
    }

    /** Write another name into the summaries that have this one as a word of its own. */
    private function replace(string $name, string $new, array $where): void
    {
        $database = $this->getDB(DB_PRIMARY);
        $rows = $database->newSelectQueryBuilder()->select(['comment_id', 'comment_text'])->from('comment')
            ->where(['comment_text' . $database->buildLike($database->anyString(), $name, $database->anyString())])
            ->andWhere($where)->caller(__METHOD__)->fetchResultSet();
        // Addresses go on after dots: jo@example.org is neither in a.jo@example.org nor in jo@example.org.uk.
        [$before, $after] = str_contains($name, '@') ? ['|[.+]', '|\.[\p{L}\p{N}]'] : ['', ''];
        $word = '[\p{L}\p{M}\p{N}_-]';
        $pattern = "/(?<!$word$before)" . preg_quote($name, '/') . "(?!$word$after)/u";
        foreach ($rows as $row) {
            // Scrubbed: at bytes that are no UTF-8, preg_replace would give up and return null.
            $text = preg_replace($pattern, $new, mb_scrub($row->comment_text, 'UTF-8'), -1, $count);
            if ($count) {
                $update = $database->newUpdateQueryBuilder()->update('comment')->set(['comment_text' => $text]);
                $this->change($update, ['comment_id' => $row->comment_id]);
            }
        }
    }

    /** Return the condition: summaries of what this person did, and of what was done to the account. */
    private function ownSummaries(User $user, string $title): array
    {
        $database = $this->getDB(DB_PRIMARY);
        $actor = (int) $user->getActorId();
        $about = 'log_namespace IN (' . NS_USER . ', ' . NS_USER_TALK . ') AND '
            . $this->below($database, 'log_title', $title);
        $edits = $database->newSelectQueryBuilder()->select('rev_comment_id')->from('revision')
            ->where(['rev_actor' => $actor])->caller(__METHOD__)->getSQL();
        $actions = $database->newSelectQueryBuilder()->select('log_comment_id')->from('logging')
            ->where("log_actor = $actor OR ($about)")->caller(__METHOD__)->getSQL();
        return ["comment_id IN ($edits) OR comment_id IN ($actions)"];
    }

    /** Delete what the journals say of the renaming of this person, and of renamings before it. */
    private function forgetRenames(string $old, string $new): void
    {
        $database = $this->getDB(DB_PRIMARY);
        $names = [$new, $old];
        do {
            $known = count($names);
            $titles = $database->newSelectQueryBuilder()->select('log_title')->from('logging')
                ->where($this->renamed('log', $names))->caller(__METHOD__)->fetchFieldValues();
            $names = array_unique([...$names, ...array_map(fn ($title) => strtr($title, '_', ' '), $titles)]);
        } while (count($names) > $known);
        foreach (['recentchanges' => 'rc', 'logging' => 'log'] as $table => $short) {
            $this->change($database->newDeleteQueryBuilder()->deleteFrom($table), $this->renamed($short, $names));
        }
    }

    /** Return the condition: entries of a renaming from or to one of these names. */
    private function renamed(string $short, array $names): array
    {
        $database = $this->getDB(DB_PRIMARY);
        $type = $short === 'rc' ? 'rc_log_type' : 'log_type';
        $any = [];
        foreach ($names as $name) {
            $title = $database->addQuotes(strtr($name, ' ', '_'));
            $any[] = "{$short}_namespace = " . NS_USER . " AND {$short}_title = $title";
            // The names are packed in quotation marks. The oldest entries have the new name alone.
            $packed = $database->buildLike($database->anyString(), "\"$name\"", $database->anyString());
            $any[] = "{$short}_params$packed OR {$short}_params = " . $database->addQuotes($name);
        }
        return [$type => 'renameuser', '(' . implode(') OR (', $any) . ')'];
    }

    /** Return the condition: this title, or one below it. */
    private function below(object $database, string $field, string $title): string
    {
        $same = "$field = " . $database->addQuotes($title);
        return "($same OR $field" . $database->buildLike("$title/", $database->anyString()) . ')';
    }

    private function change(object $query, array $where): void
    {
        $query->where($where)->caller(__METHOD__)->execute();
    }

    /** Return what stands on the person's own pages, by their names. */
    private function ownTexts(User $user): array
    {
        $texts = [];
        foreach ($this->ownPages($user) as $title) {
            $page = MediaWikiServices::getInstance()->getWikiPageFactory()->newFromTitle($title);
            $content = $page->getContent(RevisionRecord::RAW);
            $texts[$title->getPrefixedText()] = $content instanceof TextContent ? $content->getText() : '';
        }
        return $texts;
    }

    /** Return the person's own pages: that of the person, the talk about it, and those below. */
    private function ownPages(User $user): array
    {
        $pages = [];
        foreach ([$user->getUserPage(), $user->getTalkPage()] as $title) {
            $below = iterator_to_array($title->getSubpages(), false);
            $pages = [...$pages, ...($title->exists() ? [$title] : []), ...$below];
        }
        return $pages;
    }

    /** Delete the person's own pages, so that administrators cannot bring them back either. */
    private function deletePages(User $user): void
    {
        $performer = User::newSystemUser(User::MAINTENANCE_SCRIPT_USER, ['steal' => true]);
        $services = MediaWikiServices::getInstance();
        foreach ($this->ownPages($user) as $title) {
            $page = $services->getWikiPageFactory()->newFromTitle($title);
            $this->change(
                $this->getDB(DB_PRIMARY)->newDeleteQueryBuilder()->deleteFrom('searchindex'),
                ['si_page' => $page->getId()]
            );
            $services->getDeletePageFactory()->newDeletePage($page, $performer)
                ->forceImmediate(true)->deleteUnsafe('-');
        }
        // All or nothing: half of it done, nothing would lead to the rest any more.
        $database = $this->getDB(DB_PRIMARY);
        $database->startAtomic(__METHOD__);
        $this->deleteForGood(strtr($user->getName(), ' ', '_'));
        $database->endAtomic(__METHOD__);
    }

    /** Delete what the wiki keeps of deleted pages of that name, and of those below it. */
    private function deleteForGood(string $title): void
    {
        $database = $this->getDB(DB_PRIMARY);
        $where = ['ar_namespace' => [NS_USER, NS_USER_TALK], $this->below($database, 'ar_title', $title)];
        $select = fn (string $field, string $table, array $where): array => $database->newSelectQueryBuilder()
            ->select($field)->from($table)->where($where)->caller(__METHOD__)->fetchFieldValues();
        $drop = fn (string $table, string $key, array $values) => $values && $this->change(
            $database->newDeleteQueryBuilder()->deleteFrom($table), [$key => $values]
        );
        $revisions = $select('ar_rev_id', 'archive', $where);
        // Summaries repeat the beginning of the text. One and the same may stand beside other revisions.
        $summaries = $select('ar_comment_id', 'archive', $where);
        $others = $summaries ? $select('rev_comment_id', 'revision', ['rev_comment_id' => $summaries]) : [];
        if ($summaries = array_diff($summaries, $others)) {
            $empty = $database->newUpdateQueryBuilder()->update('comment')->set(['comment_text' => '']);
            $this->change($empty, ['comment_id' => $summaries]);
        }
        $this->change($database->newDeleteQueryBuilder()->deleteFrom('archive'), $where);
        if (!$revisions) {
            return;
        }
        $contents = $select('slot_content_id', 'slots', ['slot_revision_id' => $revisions]);
        $drop('slots', 'slot_revision_id', $revisions);
        // Revisions of other pages may share a content.
        $shared = $contents ? $select('slot_content_id', 'slots', ['slot_content_id' => $contents]) : [];
        if ($contents = array_diff($contents, $shared)) {
            $addresses = $select('content_address', 'content', ['content_id' => $contents]);
            $drop('content', 'content_id', $contents);
            $drop('text', 'old_id', array_map(fn ($address) => (int) substr($address, strlen('tt:')), $addresses));
        }
    }
}

$maintClass = Person::class;
