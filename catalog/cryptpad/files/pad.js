// Speaks to CryptPad as a browser does, through the web server and its WebSocket.
//   pad.js health          exits 0 when the settings and the history of a pad are given out
//   pad.js write WORD      adds a line to the pad of the probe
//   pad.js read            prints all lines of that pad
// A browser would encrypt the line; the server stores what it gets.
'use strict';
const WebSocket = require(require.resolve('ws', {paths: [process.cwd(), '/cryptpad']}));

const server = '127.0.0.1:3000';
const pad = '70726f766973696f6e65722070726f62';
const [action, word] = process.argv.slice(2);

/** Resolve to the lines of the pad, after adding the given one. */
const talk = (line) => new Promise((resolve, reject) => {
  const socket = new WebSocket(`ws://${server}/cryptpad_websocket`);
  const lines = [];
  let number = 0;
  let keeper;
  let self;
  const send = (...message) => { number += 1; socket.send(JSON.stringify([number, ...message])); return number; };
  let written = -1;
  const history = () => send('MSG', keeper, JSON.stringify(['GET_HISTORY', pad, {}]));
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('the server closed the connection')));
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    if (message[2] === 'IDENT') {
      self = message[3];
      send('JOIN', pad);
    } else if (message[2] === 'JOIN' && message[1].length === 16) {
      // Of all members the history keeper alone has a short name.
      keeper = message[1];
    } else if (message[2] === 'JOIN' && message[1] === self) {
      if (line) written = send('MSG', pad, line);
      else history();
    } else if (message[1] === 'ACK' && message[0] === written) {
      history();
    } else if (message[2] === 'MSG' && message[1] === keeper) {
      const content = JSON.parse(message[4]);
      if (content.state === 1 || content.error) {
        socket.removeAllListeners('close');
        socket.close();
        resolve(lines);
      } else if (Array.isArray(content) && content[2] === 'MSG') lines.push(content[4]);
    }
  });
});

const main = async () => {
  setTimeout(() => { console.error('no answer'); process.exit(1); }, 12000).unref();
  if (action === 'health') {
    const page = await fetch(`http://${server}/api/config`);
    if (page.status !== 200) throw new Error(`the settings: ${page.status}`);
    await talk();
  } else if (action === 'write' && /^[A-Za-z0-9]+$/.test(word || '')) await talk(word);
  else if (action === 'read') console.log((await talk()).join('\n'));
  else throw new Error('wanted: health, write WORD or read');
};

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
