// Given "health" or "admin", exits 0 when Etherpad answers as it should; says what is wrong and exits 1 otherwise.
'use strict';
const fs = require('fs');

const server = 'http://127.0.0.1:9001';
const secret = (path) => fs.readFileSync(path, 'utf8').trim();

// It serves, its API speaks, and the API believes our key: a request that went through the whole application.
const health = async () => {
  const alive = await (await fetch(`${server}/health`)).json();
  if (alive.status !== 'pass') throw new Error(`/health says ${alive.status}`);
  const {currentVersion} = await (await fetch(`${server}/api`)).json();
  const key = encodeURIComponent(secret('/opt/etherpad-lite/APIKEY.txt'));
  const answer = await (await fetch(`${server}/api/${currentVersion}/checkToken?apikey=${key}`)).json();
  if (answer.code !== 0) throw new Error(`the API refuses our key: ${answer.message}`);
};

// The administrator's page asks for a password, and takes ours.
const admin = async () => {
  const credentials = Buffer.from(`admin:${secret('/run/secrets/admin_password')}`).toString('base64');
  const page = `${server}/admin-auth/`;
  const asStranger = (await fetch(page, {method: 'POST'})).status;
  const asAdmin = (await fetch(page, {method: 'POST', headers: {authorization: `Basic ${credentials}`}})).status;
  if (![401, 403].includes(asStranger)) throw new Error(`a stranger gets ${asStranger} from the administrator's page`);
  if ([401, 403].includes(asAdmin) || asAdmin >= 500) throw new Error(`the administrator gets ${asAdmin}`);
};

const checks = {health, admin};
checks[process.argv[2]]().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
