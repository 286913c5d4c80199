// Given the domain and the administrator's e-mail address: exits 0 when the door lets the administrator in, refuses a
// wrong password, and Grist takes the administrator for the one who manages the installation.
'use strict';
const fs = require('fs');
const http = require('http');

const [domain, contact] = process.argv.slice(2);
const password = fs.readFileSync('/run/secrets/admin_password', 'utf8').trim();

/** Send a GET through the door as a browser would; resolve to status, cookies and text. */
const get = (path, headers = {}) => new Promise((resolve, reject) => {
  const options = {host: 'door', port: 8080, path, headers: {Host: domain, 'X-Forwarded-Proto': 'https', ...headers}};
  http.get(options, (answer) => {
    let text = '';
    answer.on('data', (part) => { text += part; });
    const cookie = (answer.headers['set-cookie'] || []).map((line) => line.split(';')[0]).join('; ');
    answer.on('end', () => resolve({status: answer.statusCode, cookie, text}));
  }).on('error', reject);
});

const signIn = (secret) => get('/auth/login', {
  Authorization: `Basic ${Buffer.from(`admin:${secret}`).toString('base64')}`,
});

const main = async () => {
  const stranger = await signIn('wrong-password');
  if (stranger.status !== 401) throw new Error(`a wrong password gets ${stranger.status}`);
  const {status, cookie} = await signIn(password);
  if (status !== 302) throw new Error(`the administrator gets ${status}`);
  const {user} = JSON.parse((await get('/api/session/access/active', {Cookie: cookie})).text);
  if (user.email.toLowerCase() !== contact.toLowerCase()) throw new Error(`Grist knows ${user.email}`);
  const page = await get('/api/install/prefs', {Cookie: cookie});
  if (page.status !== 200) throw new Error(`the administrator may not manage the installation: ${page.status}`);
};

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
