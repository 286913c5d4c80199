// Given "health" or "admin", exits 0 when Etherpad answers as it should; says what is wrong and exits 1 otherwise.
'use strict';
const fs = require('fs');

const server = 'http://127.0.0.1:9001';
const secret = (path) => fs.readFileSync(path, 'utf8').trim();

// The API answers, and believes our key: such a request goes through the whole application.
const health = async () => {
  const {currentVersion} = await (await fetch(`${server}/api`)).json();
  const body = new URLSearchParams({apikey: secret('/opt/etherpad-lite/APIKEY.txt')});
  const answer = await (await fetch(`${server}/api/${currentVersion}/checkToken`, {method: 'POST', body})).json();
  if (answer.code !== 0) throw new Error(`the API refuses our key: ${answer.message}`);
};

// The administrator's page refuses a stranger, and takes our password.
const admin = async () => {
  const credentials = Buffer.from(`admin:${secret('/run/secrets/admin_password')}`).toString('base64');
  const statusWith = async (headers) => (await fetch(`${server}/admin-auth/`, {method: 'POST', headers})).status;
  const stranger = await statusWith({});
  if (![401, 403].includes(stranger)) throw new Error(`a stranger gets ${stranger} from the administrator's page`);
  const ours = await statusWith({authorization: `Basic ${credentials}`});
  // Version 1.8 has no page at this address and says 404, but only to an administrator.
  if (![200, 404].includes(ours)) throw new Error(`the administrator gets ${ours}`);
};

const checks = {health, admin};
checks[process.argv[2]]().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
