// Given "export" or "erase" and an e-mail address: print what PeerTube knows of that person, as JSON; or delete the
// account with its channels, videos and comments, of which other servers are told. Works as the administrator, with the
// password of the secret: whoever changed that password on the site deletes accounts there.
'use strict';
const fs = require('fs');
const http = require('http');

const domain = process.env.PEERTUBE_WEBSERVER_HOSTNAME;

/** Send one request as the proxy would; resolve to the answer, read as JSON where it is JSON. */
const send = (method, path, token, form) => new Promise((resolve, reject) => {
  const body = form ? new URLSearchParams(form).toString() : '';
  const headers = {Host: domain, 'X-Forwarded-Proto': 'https', 'Content-Length': Buffer.byteLength(body)};
  if (form) headers['Content-Type'] = 'application/x-www-form-urlencoded';
  if (token) headers.Authorization = `Bearer ${token}`;
  const request = http.request({host: '127.0.0.1', port: 9000, path: `/api/v1${path}`, method, headers}, (answer) => {
    let text = '';
    answer.on('data', (part) => { text += part; });
    answer.on('end', () => {
      if (answer.statusCode >= 300) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 200)}`));
      else resolve(text ? JSON.parse(text) : {});
    });
  });
  request.on('error', reject);
  request.end(body);
});

const signIn = async () => {
  const client = await send('GET', '/oauth-clients/local');
  const password = fs.readFileSync('/run/secrets/admin_password', 'utf8').trim();
  const form = {...client, grant_type: 'password', response_type: 'code', username: 'root', password};
  return (await send('POST', '/users/token', null, form)).access_token;
};

/** Given the path of a list, return all of it. */
const all = async (path, token) => {
  const found = [];
  for (;;) {
    const page = await send('GET', `${path}${path.includes('?') ? '&' : '?'}start=${found.length}&count=100`, token);
    found.push(...page.data);
    if (!page.data.length || found.length >= page.total) return found;
  }
};

const main = async (action, email) => {
  if (!['export', 'erase'].includes(action) || !/^[^@\s]+@[^@\s]+$/.test(email || '')) {
    throw new Error('wanted: export or erase, and an e-mail address');
  }
  const token = await signIn();
  const people = await all(`/users?search=${encodeURIComponent(email)}`, token);
  const person = people.find((one) => one.email.toLowerCase() === email.toLowerCase());
  if (!person) return {account: null};
  if (action === 'erase') {
    if (person.username === 'root') throw new Error('this is the first administrator, who cannot be deleted');
    await send('DELETE', `/users/${person.id}`, token);
    return {erased: person.username};
  }
  const account = `/accounts/${encodeURIComponent(person.account.name)}`;
  return {
    account: person,
    channels: await all(`${account}/video-channels`, token),
    videos: await all(`${account}/videos`, token),
    playlists: await all(`${account}/video-playlists`, token),
    comments: await all(`/videos/comments?searchAccount=${encodeURIComponent(person.account.name)}`, token),
  };
};

main(...process.argv.slice(2)).then((report) => console.log(JSON.stringify(report, null, 2)), (error) => {
  console.error(error.message);
  process.exit(1);
});
