// Loaded by Node before Etherpad: what Etherpad reads from its environment comes from the files of the secrets here,
// inside the process, so that nobody sees it among the variables the process was started with.
'use strict';
const children = require('child_process');
const fs = require('fs');

const names = {
  DB_PASS: 'db_password',
  ADMIN_PASSWORD: 'admin_password',
  // Unset passwords are the word "null" and unset client secrets "admin" and "user", which anyone could try.
  USER_PASSWORD: 'user_password',
  ADMIN_SECRET: 'admin_client_secret',
  USER_SECRET: 'user_client_secret',
};
for (const [variable, file] of Object.entries(names)) {
  process.env[variable] = fs.readFileSync(`/run/secrets/${file}`, 'utf8').trim();
}

// The programs that Etherpad starts, such as npm, get none of them.
const {spawn} = children;
children.spawn = (command, words, options) => {
  const [list, rest] = Array.isArray(words) ? [words, options] : [[], words];
  const env = {...((rest && rest.env) || process.env)};
  for (const variable of [...Object.keys(names), 'NODE_OPTIONS']) delete env[variable];
  return spawn(command, list, {...rest, env});
};
