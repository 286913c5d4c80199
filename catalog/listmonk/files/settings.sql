-- Settings of listmonk. Given :url, :title, :language, :contact; the relay in MAIL_*; secrets in /run/secrets.
-- Until the first run the address is the one listmonk is born with: then, and only then, our defaults are written.
\set mail_host ''
\getenv mail_host MAIL_HOST
\set mail_port ''
\getenv mail_port MAIL_PORT
\set mail_security ''
\getenv mail_security MAIL_SECURITY
\set mail_user ''
\getenv mail_user MAIL_USER
\set mail_from ''
\getenv mail_from MAIL_FROM
\set mail_password `cat /run/secrets/mail_password`
\set token `cat /run/secrets/api_token`

SELECT value #>> '{}' AS old_url, value #>> '{}' = 'http://localhost:9000' AS is_new
FROM settings WHERE key = 'app.root_url' \gset

CREATE TEMPORARY TABLE wanted (key text PRIMARY KEY, value jsonb NOT NULL) ON COMMIT DROP;
INSERT INTO wanted VALUES
  ('app.root_url', to_jsonb(:'url'::text)),
  ('app.check_updates', 'false'),
  ('upload.filesystem.upload_path', '"/tmp/uploads"'),
  -- Without a relay: one that never answers. With none at all listmonk would stop at the first letter.
  ('smtp', jsonb_build_array(jsonb_build_object(
    'uuid', '00000000-0000-4000-8000-000000000001', 'name', '', 'enabled', true,
    'host', coalesce(nullif(:'mail_host', ''), 'no-relay.invalid'),
    'port', coalesce(nullif(:'mail_port', ''), '25')::int,
    'auth_protocol', CASE WHEN :'mail_user' = '' THEN 'none' ELSE 'plain' END,
    'username', :'mail_user'::text, 'password', :'mail_password'::text, 'hello_hostname', '',
    'max_conns', 5, 'idle_timeout', '15s', 'wait_timeout', '5s', 'max_msg_retries', 2, 'msg_retry_delay', '10ms',
    'tls_type', CASE :'mail_security' WHEN 'tls' THEN 'TLS' WHEN 'starttls' THEN 'STARTTLS' ELSE 'none' END,
    'tls_skip_verify', false, 'email_headers', '[]'::jsonb, 'from_addresses', '[]'::jsonb)));

\if :is_new
  INSERT INTO wanted VALUES
    ('app.site_name', to_jsonb(:'title'::text)),
    ('app.lang', to_jsonb(:'language'::text)),
    ('app.notify_emails', jsonb_build_array(:'contact'::text)),
    -- Letters do not report who opens them or follows their links; the address of who consents is not kept.
    ('privacy.disable_tracking', 'true'),
    ('privacy.individual_tracking', 'false'),
    ('privacy.record_optin_ip', 'false'),
    ('app.enable_public_archive', 'false');
  -- The people and the letter of the demonstration.
  DELETE FROM campaigns WHERE name = 'Test campaign' AND status = 'draft';
  DELETE FROM subscribers WHERE email IN ('john@example.com', 'anon@example.com');
  UPDATE users SET email = :'contact' WHERE username = 'admin' AND email = 'admin@listmonk';
\else
  UPDATE campaigns SET body = replace(body, :'old_url', :'url'), body_source = replace(body_source, :'old_url', :'url')
  WHERE :'old_url' <> :'url';
  UPDATE templates SET body = replace(body, :'old_url', :'url'), body_source = replace(body_source, :'old_url', :'url')
  WHERE :'old_url' <> :'url';
\endif

-- From the one of the first day or the contact's to the relay's. A sender somebody chose stays, and so does that of an
-- earlier relay: then it is changed in the settings.
INSERT INTO wanted
SELECT 'app.from_email', to_jsonb(
  format('"%s" <%s>', replace(:'title', '"', ''), coalesce(nullif(:'mail_from', ''), :'contact')))
FROM settings WHERE key = 'app.from_email' AND (
  value = '"listmonk <noreply@listmonk.yoursite.com>"'
  OR value = to_jsonb(format('"%s" <%s>', replace(:'title', '"', ''), :'contact')));

UPDATE settings SET value = wanted.value, updated_at = now()
FROM wanted WHERE settings.key = wanted.key AND settings.value IS DISTINCT FROM wanted.value;

-- The program that checks the service may see and add subscribers, nothing else.
INSERT INTO roles (type, name, permissions)
SELECT 'user', 'provisioner', ARRAY['subscribers:get_all', 'subscribers:get', 'subscribers:manage']
WHERE NOT EXISTS (SELECT FROM roles WHERE type = 'user' AND name = 'provisioner');
INSERT INTO users (username, password_login, password, email, name, type, user_role_id, status)
SELECT 'provisioner', false, encode(sha256(convert_to(:'token', 'UTF8')), 'hex'), 'provisioner@api', 'provisioner',
  'api', id, 'enabled'
FROM roles WHERE type = 'user' AND name = 'provisioner'
ON CONFLICT (username) DO UPDATE SET password = EXCLUDED.password WHERE users.password <> EXCLUDED.password;
