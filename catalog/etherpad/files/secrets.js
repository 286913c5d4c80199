// Loaded by Node before Etherpad: what Etherpad reads from its environment comes from the files of the secrets here,
// inside the process, so that nobody sees it among the variables the process was started with.
'use strict';
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
