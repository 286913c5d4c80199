-- What listmonk knows of one subscriber or user, as JSON. Given :email.
SELECT jsonb_pretty(jsonb_build_object(
  'subscriber', (SELECT jsonb_agg(s) FROM subscribers s WHERE lower(s.email) = lower(:'email')),
  'lists', (
    SELECT jsonb_agg(jsonb_build_object('list', l.name, 'status', m.status, 'since', m.created_at))
    FROM subscriber_lists m JOIN lists l ON l.id = m.list_id JOIN subscribers s ON s.id = m.subscriber_id
    WHERE lower(s.email) = lower(:'email')),
  'letters opened', (
    SELECT jsonb_agg(jsonb_build_object('letter', c.subject, 'at', v.created_at))
    FROM campaign_views v JOIN campaigns c ON c.id = v.campaign_id JOIN subscribers s ON s.id = v.subscriber_id
    WHERE lower(s.email) = lower(:'email')),
  'links followed', (
    SELECT jsonb_agg(jsonb_build_object('link', l.url, 'at', k.created_at))
    FROM link_clicks k JOIN links l ON l.id = k.link_id JOIN subscribers s ON s.id = k.subscriber_id
    WHERE lower(s.email) = lower(:'email')),
  'bounces', (
    SELECT jsonb_agg(b) FROM bounces b JOIN subscribers s ON s.id = b.subscriber_id
    WHERE lower(s.email) = lower(:'email')),
  'user', (
    SELECT jsonb_agg(to_jsonb(u) - 'password' - 'twofa_key') FROM users u WHERE lower(u.email) = lower(:'email'))
));
