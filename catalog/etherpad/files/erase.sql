-- Given :subject, the name of an author: takes the name and the colour off, empties what they said in chats, and forgets
-- which browser or which other program's account they came from. The text of pads stays. May be repeated.
BEGIN;
-- With or without spaces around: lists of names come without.
CREATE TEMPORARY TABLE authors ON COMMIT DROP AS
  SELECT substr(key, 14) AS id FROM store WHERE key LIKE 'globalAuthor:%' AND btrim(value::json ->> 'name') = btrim(:'subject');
UPDATE store SET value = (value::jsonb || '{"text": ""}')::text
  FROM authors WHERE key ~ '^pad:[^:]+:chat:' AND value LIKE '%"' || id || '"%';
DELETE FROM store USING authors
  WHERE key ~ '^(token2author|mapper2author):' AND value = '"' || id || '"' OR key = 'author2sessions:' || id;
UPDATE store SET value = (value::jsonb || '{"name": null, "colorId": 0}')::text
  FROM authors WHERE key = 'globalAuthor:' || id;
COMMIT;
