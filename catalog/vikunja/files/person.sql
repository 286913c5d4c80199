-- What Vikunja knows of one account, as JSON. Given :name, a user name or an e-mail address.
SELECT jsonb_pretty(jsonb_build_object(
  'account', to_jsonb(person) - 'password',
  'projects', (SELECT jsonb_agg(p) FROM projects p WHERE p.owner_id = person.id),
  'tasks made', (SELECT jsonb_agg(t) FROM tasks t WHERE t.created_by_id = person.id),
  'tasks in charge of', (
    SELECT jsonb_agg(t) FROM tasks t JOIN task_assignees a ON a.task_id = t.id WHERE a.user_id = person.id),
  'comments', (SELECT jsonb_agg(c) FROM task_comments c WHERE c.author_id = person.id),
  'files attached', (SELECT jsonb_agg(f) FROM task_attachments f WHERE f.created_by_id = person.id),
  'filters', (SELECT jsonb_agg(f) FROM saved_filters f WHERE f.owner_id = person.id)
))
FROM users person WHERE person.username = :'name' OR person.email = :'name';
