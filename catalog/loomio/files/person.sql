-- Given :subject, an e-mail address: everything Loomio keeps of that person, as lines of JSON. Votes in anonymous polls
-- cannot be told apart: they carry no name.
SELECT json_build_object('account', json_build_object(
    'name', name, 'username', username, 'email', email, 'about', short_bio, 'location', location, 'city', city,
    'region', region, 'country', country, 'time_zone', time_zone, 'language', selected_locale, 'since', created_at,
    'terms_accepted', legal_accepted_at, 'last_seen', last_seen_at, 'sign_ins', sign_in_count,
    'last_addresses', json_build_array(current_sign_in_ip, last_sign_in_ip)))
  FROM users WHERE email = :'subject';
SELECT json_build_object('session', json_build_object(
    'since', s.created_at, 'address', s.ip_address, 'browser', s.user_agent))
  FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = :'subject' ORDER BY s.id;
SELECT json_build_object('group', json_build_object(
    'name', g.name, 'since', m.created_at, 'administrator', m.admin, 'title', m.title))
  FROM memberships m JOIN groups g ON g.id = m.group_id JOIN users u ON u.id = m.user_id
  WHERE u.email = :'subject' ORDER BY m.id;
SELECT json_build_object('discussion', json_build_object('date', d.created_at, 'title', d.title, 'text', d.description))
  FROM discussions d JOIN users u ON u.id = d.author_id WHERE u.email = :'subject' ORDER BY d.id;
SELECT json_build_object('comment', json_build_object('date', c.created_at, 'text', c.body))
  FROM comments c JOIN users u ON u.id = c.user_id WHERE u.email = :'subject' ORDER BY c.id;
SELECT json_build_object('poll', json_build_object('date', p.created_at, 'title', p.title, 'text', p.details))
  FROM polls p JOIN users u ON u.id = p.author_id WHERE u.email = :'subject' ORDER BY p.id;
SELECT json_build_object('vote', json_build_object(
    'date', s.cast_at, 'poll', p.title, 'choices', s.option_scores, 'reason', s.reason))
  FROM stances s JOIN polls p ON p.id = s.poll_id JOIN users u ON u.id = s.participant_id
  WHERE u.email = :'subject' AND NOT p.anonymous ORDER BY s.id;
