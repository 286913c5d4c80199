<?php

/**
 * Our command in LimeSurvey's console (application/commands/console.php provisioner ACTION).
 * password --name=NAME, the password on standard input.
 * setup --admin=NAME --contact=E-MAIL, check, people, export --person=E-MAIL, erase --person=E-MAIL
 */
class ProvisionerCommand extends CConsoleCommand
{
    /** Give the administrator the real password, once, and keep the account the probe signs in with. */
    public function actionSetup(string $admin, string $contact): int
    {
        if ($this->value('settings_global', 'stg_value', 'stg_name', 'provisioner_setup') === false) {
            $done = $this->db()->update(
                '{{users}}',
                ['password' => password_hash($this->secret('admin_password'), PASSWORD_DEFAULT), 'email' => $contact],
                'users_name = :name',
                [':name' => $admin]
            );
            if ($done !== 1) {
                fwrite(STDERR, "there is no account $admin\n");
                return 1;
            }
            $this->db()->insert('{{settings_global}}', ['stg_name' => 'provisioner_setup', 'stg_value' => '1']);
            echo "the administrator $admin has its password\n";
        }
        return $this->keepProbe();
    }

    /** Give an account the password on the first line of standard input. */
    public function actionPassword(string $name): int
    {
        $values = ['password' => password_hash(rtrim((string) fgets(STDIN), "\n"), PASSWORD_DEFAULT)];
        if ($this->db()->update('{{users}}', $values, 'users_name = :name', [':name' => $name]) !== 1) {
            fwrite(STDERR, "there is no account $name\n");
            return 1;
        }
        return 0;
    }

    /** Exit 0 once an administrator has a password of ours. */
    public function actionCheck(): int
    {
        $administrator = $this->value('permissions', 'uid', 'permission', 'superadmin');
        return $administrator && $this->value('settings_global', 'stg_value', 'stg_name', 'provisioner_setup') ? 0 : 1;
    }

    /** Print every address that erase takes, a line each. */
    public function actionPeople(): int
    {
        $found = [];
        $tables = array_map(fn (Survey $survey): string => $survey->tokensTableName, $this->invited());
        foreach (['{{users}}', '{{participants}}', ...$tables] as $table) {
            $found = [...$found, ...$this->db()->selectDistinct('email')->from($table)->queryColumn()];
        }
        // What is kept encrypted has no @; the first administrator's account stays, and the address with it.
        $first = strtolower((string) $this->value('users', 'email', 'uid', '1'));
        foreach (array_unique($found) as $email) {
            echo str_contains((string) $email, '@') && strtolower($email) !== $first ? "$email\n" : '';
        }
        return 0;
    }

    /** Print the account of a person, and what they answered where the survey knows them by their address. */
    public function actionExport(string $person): int
    {
        $account = $this->db()->select('uid, users_name, full_name, email, lang, created, modified')->from('{{users}}')
            ->where('email = :email', [':email' => $person])->queryAll();
        $found = ['account' => $account, 'participant' => [], 'surveys' => []];
        foreach ($this->invitations($person) as [$survey, $invitation, $answers]) {
            $found['surveys'][$survey->sid][] = ['invitation' => $invitation, 'answers' => $answers];
        }
        $found['participant'] = $this->db()->select()->from('{{participants}}')
            ->where('email = :email', [':email' => $person])->queryAll();
        echo json_encode($found, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR), "\n";
        return 0;
    }

    /** Remove the invitations and answers of a person, then the account; its surveys go to the first administrator. */
    public function actionErase(string $person): int
    {
        foreach ($this->invitations($person) as [$survey, $invitation, $answers]) {
            foreach ($answers as $answer) {
                $this->db()->delete($survey->responsesTableName, 'id = :id', [':id' => $answer['id']]);
            }
            $this->db()->delete($survey->tokensTableName, 'tid = :id', [':id' => $invitation['tid']]);
        }
        $this->db()->delete('{{participants}}', 'email = :email', [':email' => $person]);
        $uid = (int) $this->value('users', 'uid', 'email', $person);
        if ($uid === 1) {
            fwrite(STDERR, "the first administrator's account stays: give it another address\n");
            return 1;
        }
        if ($uid) {
            $this->db()->update('{{surveys}}', ['owner_id' => 1], 'owner_id = :uid', [':uid' => $uid]);
            $this->db()->delete('{{permissions}}', 'uid = :uid', [':uid' => $uid]);
            $this->db()->delete('{{users}}', 'uid = :uid', [':uid' => $uid]);
        }
        return 0;
    }

    private function keepProbe(): int
    {
        $hash = $this->value('users', 'password', 'users_name', 'probe');
        $password = $this->secret('probe_password');
        if ($hash !== false && password_verify($password, (string) $hash)) {
            return 0;
        }
        $values = ['password' => password_hash($password, PASSWORD_DEFAULT)];
        if ($hash !== false) {
            $this->db()->update('{{users}}', $values, "users_name = 'probe'");
            return 0;
        }
        $this->db()->insert('{{users}}', $values + [
            'users_name' => 'probe', 'full_name' => 'probe', 'parent_id' => 1, 'lang' => 'auto',
            'email' => 'probe@provisioner.invalid',
        ]);
        $uid = $this->value('users', 'uid', 'users_name', 'probe');
        foreach (['auth_db' => 0, 'surveys' => 1] as $permission => $create) {
            $this->db()->insert('{{permissions}}', [
                'entity' => 'global', 'entity_id' => 0, 'uid' => $uid, 'permission' => $permission,
                'create_p' => $create, 'read_p' => 1 - $create, 'update_p' => 0, 'delete_p' => 0, 'import_p' => 0,
                'export_p' => 0,
            ]);
        }
        echo "made the probe's account\n";
        return 0;
    }

    /** Yield survey, invitation and answers for each invitation sent to an address. */
    private function invitations(string $email): Generator
    {
        foreach ($this->invited() as $survey) {
            $invitations = $this->db()->select()->from($survey->tokensTableName)
                ->where('email = :email', [':email' => $email])->queryAll();
            $table = Yii::app()->db->schema->getTable($survey->responsesTableName);
            foreach ($invitations as $invitation) {
                $known = $table && isset($table->columns['token']) && (string) $invitation['token'] !== '';
                yield [$survey, $invitation, $known ? $this->db()->select()->from($survey->responsesTableName)
                    ->where('token = :token', [':token' => $invitation['token']])->queryAll() : []];
            }
        }
    }

    /** Return the surveys that have a table of invitations. */
    private function invited(): array
    {
        $has = fn (Survey $survey): bool => Yii::app()->db->schema->getTable($survey->tokensTableName) !== null;
        return array_values(array_filter(Survey::model()->findAll(), $has));
    }

    private function value(string $table, string $column, string $key, string $value): string|int|bool|null
    {
        return $this->db()->select($column)->from('{{' . $table . '}}')
            ->where("$key = :value", [':value' => $value])->limit(1)->queryScalar();
    }

    private function db(): CDbCommand
    {
        return Yii::app()->db->createCommand();
    }

    private function secret(string $name): string
    {
        $value = trim((string) file_get_contents("/run/secrets/$name"));
        if (strlen($value) < 16) {
            throw new CException("no secret $name");
        }
        return $value;
    }
}
