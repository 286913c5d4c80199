-- What Mobilizon knows of the person whose e-mail address is in :email, as one JSON document.
SELECT json_build_object(
  'account', (SELECT row_to_json(a) FROM (
    SELECT email, role, locale, confirmed_at, last_sign_in_at, last_sign_in_ip, current_sign_in_at, current_sign_in_ip
    FROM users WHERE email = lower(:'email')) a),
  'profiles', (SELECT json_agg(p) FROM (
    SELECT preferred_username, name, summary FROM actors WHERE user_id = person.id) p),
  'events organised', (SELECT json_agg(e) FROM (
    SELECT title, description, begins_on, ends_on FROM events
    WHERE organizer_actor_id IN (SELECT id FROM actors WHERE user_id = person.id)) e),
  'events joined', (SELECT json_agg(j) FROM (
    SELECT events.title, participants.role FROM participants JOIN events ON events.id = participants.event_id
    WHERE participants.actor_id IN (SELECT id FROM actors WHERE user_id = person.id)) j),
  'events joined without an account', (SELECT json_agg(w) FROM (
    SELECT events.title, participants.role, participants.metadata ->> 'message' AS message
    FROM participants JOIN events ON events.id = participants.event_id
    WHERE lower(participants.metadata ->> 'email') = lower(:'email')) w),
  'comments', (SELECT json_agg(c) FROM (
    SELECT text, published_at FROM comments WHERE actor_id IN (SELECT id FROM actors WHERE user_id = person.id)) c)
) FROM (SELECT (SELECT id FROM users WHERE email = lower(:'email')) AS id) person;
