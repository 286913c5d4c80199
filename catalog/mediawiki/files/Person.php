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
        $report = [];
        foreach ($this->accounts($who) as $user) {
            $name = $user->getName();
            $report[$name] = $what === 'export' ? $this->known($user) : $this->erase($user);
        }
        $flags = JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR
            | JSON_INVALID_UTF8_SUBSTITUTE;
        $this->output(json_encode((object) $report, $flags) . "\n");
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

    /** Give the account a name that says nothing, empty it and close it. What it wrote stays: it is the wiki's text. */
    private function erase(User $user): string
    {
        $this->refuseLast($user);
        [$old, $new] = [$user->getName(), 'Former member ' . $user->getId()];
        [$real, $email] = [$user->getRealName(), $user->getEmail()];
        $this->deletePages($user);
        $this->forget($real, $email, $old, $new);
        $this->blank($user);
        // The new name and the empty address come last: killed before, the person is still found, and all is done again.
        if ($old !== $new) {
            $performer = User::newSystemUser(User::MAINTENANCE_SCRIPT_USER, ['steal' => true]);
            $renaming = new RenameuserSQL($old, $new, $user->getId(), $performer);
            $renaming->rename() || $this->fatalError('renaming failed');
        }
        // Renaming and deleting leave work for later that names the person: it is done now, before the traces go.
        DeferredUpdates::doUpdates();
        MediaWikiServices::getInstance()->getJobRunner()->run(['maxTime' => 120]);
        $this->forget($real, $email, $old, $new);
        $this->change(
            $this->getDB(DB_PRIMARY)->newUpdateQueryBuilder()->update('user')->set(['user_email' => '']),
            ['user_id' => $user->getId()]
        );
        MediaWikiServices::getInstance()->getMainWANObjectCache()->clearProcessCache();
        User::newFromId($user->getId())->invalidateCache();
        return "now $new, without address, password and preferences; its edits stay under that name";
    }

    /** Empty the account: what it signs in with, what it is called, what it prefers and watches. */
    private function blank(User $user): void
    {
        $database = $this->getDB(DB_PRIMARY);
        $blank = ['user_real_name' => '', 'user_password' => '', 'user_newpassword' => '',
            'user_token' => MWCryptRand::generateHex(32), 'user_email_authenticated' => null];
        $this->change($database->newUpdateQueryBuilder()->update('user')->set($blank), ['user_id' => $user->getId()]);
        $private = ['user_properties' => 'up_user', 'watchlist' => 'wl_user', 'user_groups' => 'ug_user',
            'user_former_groups' => 'ufg_user', 'user_newtalk' => 'user_id', 'bot_passwords' => 'bp_user'];
        foreach ($private as $table => $key) {
            $this->change($database->newDeleteQueryBuilder()->deleteFrom($table), [$key => $user->getId()]);
        }
    }

    /** Take the names out of journals, summaries, lists of others and sessions. */
    private function forget(string $real, string $email, string $old, string $new): void
    {
        $database = $this->getDB(DB_PRIMARY);
        [$from, $to] = [strtr($old, ' ', '_'), strtr($new, ' ', '_')];
        $titles = ['logging' => 'log', 'recentchanges' => 'rc', 'watchlist' => 'wl'];
        foreach ($titles as $table => $short) {
            $rest = "SUBSTRING({$short}_title, " . (strlen($from) + 1) . ')';
            $change = "{$short}_title = CONCAT(" . $database->addQuotes($to) . ", $rest)";
            $this->change(
                $database->newUpdateQueryBuilder()->update($table)->ignore()->set($change),
                ["{$short}_namespace" => [NS_USER, NS_USER_TALK], $this->below($database, "{$short}_title", $from)]
            );
        }
        foreach (array_unique(array_filter([$email, $real, $old, $from])) as $name) {
            $this->renameInSummaries($name, $new);
        }
        // The journal still says who was renamed, and when.
        foreach (['logging' => ['log', 'log_type'], 'recentchanges' => ['rc', 'rc_log_type']] as $table => [$short, $type]) {
            $about = $database->buildLike($database->anyString(), '"' . $old . '"', $database->anyString());
            $mine = "({$short}_title IN (" . $database->makeList([$from, $to]) . ") OR {$short}_params$about)";
            $this->change($database->newDeleteQueryBuilder()->deleteFrom($table), [$type => 'renameuser', $mine]);
        }
        // The list of active users keeps a name for a month; a job may have written it before the renaming.
        $active = ['qcc_type' => 'activeusers', 'qcc_title' => $old];
        $this->change($database->newDeleteQueryBuilder()->deleteFrom('querycachetwo'), $active);
        // Every session ends: they are packed, and name their owners inside.
        $session = $database->buildLike($database->anyString(), ':MWSession:', $database->anyString());
        $this->change($database->newDeleteQueryBuilder()->deleteFrom('objectcache'), ["keyname$session"]);
    }

    /** A single word may be a common one ("Page"): it counts inside links alone, a name of several words anywhere. */
    private function renameInSummaries(string $name, string $new): void
    {
        $database = $this->getDB(DB_PRIMARY);
        $sure = str_contains($name, '@') || preg_match('/[\s_]/', $name);
        [$before, $after] = $sure ? ['(?<![\p{L}\p{N}_.+-])', '(?![\p{L}\p{N}_-])'] : ['(?<=[:\/|])', '(?=[\]|\/#])'];
        $rows = $database->newSelectQueryBuilder()->select(['comment_id', 'comment_text'])->from('comment')
            ->where('comment_text' . $database->buildLike($database->anyString(), $name, $database->anyString()))
            ->caller(__METHOD__)->fetchResultSet();
        foreach ($rows as $row) {
            $text = preg_replace("/$before" . preg_quote($name, '/') . "$after/u", $new, $row->comment_text);
            if ($text !== null && $text !== $row->comment_text) {
                $set = $database->newUpdateQueryBuilder()->update('comment')->set(['comment_text' => $text]);
                $this->change($set, ['comment_id' => $row->comment_id]);
            }
        }
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
        $this->deleteForGood(strtr($user->getName(), ' ', '_'));
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
