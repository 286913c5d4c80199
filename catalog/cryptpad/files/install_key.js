// The key for the page /install/ is the secret install_key: without this line CryptPad makes one and writes it in its
// log. Once there is an administrator the key opens nothing any more.
'use strict';
const fs = require('fs');

const folder = 'data/decrees';
const file = `${folder}/decree.ndjson`;
const key = fs.readFileSync(process.env.INSTALL_KEY || '/run/secrets/install_key', 'utf8').trim();
if (key.length !== 64) throw new Error('CryptPad wants a key of 64 characters');
fs.mkdirSync(folder, {recursive: true});
const known = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
if (!known.includes(JSON.stringify(['ADD_INSTALL_TOKEN', [key]]).slice(0, -1))) {
  fs.appendFileSync(file, `${JSON.stringify(['ADD_INSTALL_TOKEN', [key], '', Date.now()])}\n`);
}
