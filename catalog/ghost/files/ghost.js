// Speaks to Ghost as its own pages do.
//   ghost.js health                              exits 0 when Ghost answers from its database
//   ghost.js setup NAME E-MAIL LANGUAGE          makes the owner and names the journal, once
//   ghost.js password E-MAIL                     the account takes the password on standard input's first line
//   ghost.js has-owner                           exits 0 once there is an owner
//   ghost.js people                              the addresses of the subscribers, a line each
//   ghost.js export|erase OWNER-E-MAIL PERSON    what Ghost knows of a subscriber; or the subscriber is deleted
// export and erase sign in as the owner with the password of the secret: whoever changed it does both on the site.
'use strict';
const fs = require('fs');
const http = require('http');

const site = process.env.url;

/** Send one request as the proxy would pass it on; resolve to status, cookie and body. */
const send = (method, path, {body, cookie} = {}) => new Promise((resolve, reject) => {
  const text = body ? JSON.stringify(body) : '';
  const headers = {
    Host: new URL(site).host, 'X-Forwarded-Proto': 'https', Origin: site, 'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text), 'Accept-Version': 'v6.0', ...(cookie ? {Cookie: cookie} : {}),
  };
  const options = {host: '127.0.0.1', port: 2368, method, path: `/ghost/api/admin${path}`, headers};
  http.request(options, (answer) => {
    let found = '';
    answer.on('data', (part) => { found += part; });
    answer.on('end', () => {
      if (answer.statusCode >= 300) reject(new Error(`${method} ${path}: ${answer.statusCode} ${found.slice(0, 200)}`));
      else resolve({cookie: (answer.headers['set-cookie'] || []).map((line) => line.split(';')[0]).join('; '), found});
    });
  }).on('error', reject).end(text);
});

const read = async (method, path, options) => {
  const {found} = await send(method, path, options);
  return found && found.startsWith('{') ? JSON.parse(found) : {};
};

const hasOwner = async () => (await read('GET', '/authentication/setup/')).setup[0].status === true;
const password = () => fs.readFileSync('/run/secrets/admin_password', 'utf8').trim();
const signIn = async (email) => {
  const {cookie} = await send('POST', '/session/', {body: {username: email, password: password()}});
  return cookie;
};

const setup = async (title, email, language) => {
  if (await hasOwner()) return;
  const owner = {name: 'Administration', email, password: password(), blogTitle: title};
  await send('POST', '/authentication/setup/', {body: {setup: [owner]}});
  const settings = [{key: 'locale', value: language}, {key: 'timezone', value: process.env.TZ || 'Europe/Paris'}];
  await send('PUT', '/settings/', {body: {settings}, cookie: await signIn(email)});
  console.log(`owner made: ${email}`);
};

const person = async (action, owner, email) => {
  if (!/^[^@\s]+@[^@\s]+$/.test(email || '')) throw new Error('wanted: the e-mail address of a subscriber');
  const cookie = await signIn(owner);
  const filter = encodeURIComponent(`email:'${email.replace(/['"]/g, '\\$&')}'`);
  const {members} = await read('GET', `/members/?filter=${filter}&include=newsletters,labels&limit=1`, {cookie});
  if (action === 'erase' && members.length) await send('DELETE', `/members/${members[0].id}/`, {cookie});
  return {subscriber: members[0] || null, erased: action === 'erase' && members.length > 0};
};

const modules = '/var/lib/ghost/current/node_modules';

/** Ask the database and return its answer. */
const query = async (words, values = []) => {
  const connection = await require(`${modules}/mysql2/promise`).createConnection({
    host: 'db', user: 'ghost', database: 'ghost', password: fs.readFileSync('/run/secrets/db_password', 'utf8').trim(),
  });
  try {
    return (await connection.execute(words, values))[0];
  } finally {
    await connection.end();
  }
};

/** Print the addresses of all subscribers. Asked of the database: whatever the owner's password is now. */
const people = async () => {
  for (const {email} of await query('SELECT email FROM members ORDER BY email')) console.log(email);
};

/** Give an account the password on standard input's first line, whatever it was: Ghost itself asks for the old one. */
const setPassword = async (email) => {
  const [wanted] = fs.readFileSync(0, 'utf8').split('\n');
  const hash = await require(`${modules}/bcryptjs`).hash(wanted, 10);
  const done = await query('UPDATE users SET password = ? WHERE email = ?', [hash, email]);
  if (done.affectedRows !== 1) throw new Error(`there is no account ${email}`);
};

const main = async ([action, ...words]) => {
  if (action === 'health') await read('GET', '/site/');
  else if (action === 'password') await setPassword(...words);
  else if (action === 'setup') await setup(...words);
  else if (action === 'people') await people();
  else if (action === 'has-owner') {
    if (!await hasOwner()) throw new Error('there is no owner');
  } else if (action === 'export' || action === 'erase') {
    console.log(JSON.stringify(await person(action, ...words), null, 2));
  } else throw new Error('wanted: health, setup, has-owner, people, export or erase');
};

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
