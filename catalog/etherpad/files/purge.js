// Given "run" and a number of days, deletes the pads that nobody changed for longer; given "aged", prints how many.
// Given "open" and a pad, has Etherpad read it.
'use strict';
const fs = require('fs');

const server = 'http://127.0.0.1:9001';
const key = fs.readFileSync('/opt/etherpad-lite/APIKEY.txt', 'utf8').trim();
let version;

// Ask the programming interface; the key in the body, where no log shows it.
const call = async (name, values = {}) => {
  version = version || (await (await fetch(`${server}/api`)).json()).currentVersion;
  const body = new URLSearchParams({apikey: key, ...values});
  const answer = await (await fetch(`${server}/api/${version}/${name}`, {method: 'POST', body})).json();
  if (answer.code !== 0) throw new Error(`${name}: ${answer.message}`);
  return answer.data;
};

const aged = async (days) => {
  const limit = Date.now() - days * 86400000;
  const found = [];
  for (const padID of (await call('listAllPads')).padIDs) {
    if ((await call('getLastEdited', {padID})).lastEdited < limit) found.push(padID);
  }
  return found;
};

const actions = {
  aged: async (days) => console.log((await aged(days)).length),
  run: async (days) => {
    for (const padID of await aged(days)) await call('deletePad', {padID});
  },
  open: async (padID) => void await call('getText', {padID}),
};

const [what, given] = process.argv.slice(2);
if (!actions[what] || (what !== 'open' && !/^[1-9][0-9]*$/.test(given))) {
  console.error('wanted: run or aged, and a number of days');
  process.exit(1);
}
actions[what](given).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
