-- Given :subject, the name of an author: prints, as JSON, that author's records, what they said in chats, and the texts
-- of the pads they took part in.
WITH authors AS (
  SELECT substr(key, 14) AS id, value::json AS record
  FROM store WHERE key LIKE 'globalAuthor:%' AND btrim(value::json ->> 'name') = btrim(:'subject')
), said AS (
  SELECT split_part(key, ':', 2) AS pad, value::json ->> 'text' AS line, value::json ->> 'time' AS told
  FROM store JOIN authors ON value LIKE '%"' || id || '"%' WHERE key ~ '^pad:[^:]+:chat:'
), pads AS (
  SELECT substr(key, 5) AS pad, value::json #>> '{atext,text}' AS whole
  FROM store WHERE key ~ '^pad:[^:]+$'
  AND (substr(key, 5) IN (SELECT pad FROM said)
    OR EXISTS (SELECT FROM authors WHERE value LIKE '%"' || id || '"%'))
)
SELECT json_build_object(
  'authors', (SELECT json_agg(json_build_object('id', id, 'record', record)) FROM authors),
  'chat', (SELECT json_agg(json_build_object('pad', pad, 'time', told, 'text', line) ORDER BY told) FROM said),
  'pads', (SELECT json_agg(json_build_object('pad', pad, 'text', whole) ORDER BY pad) FROM pads)
);
