// Upstream 3 starts node/server.ts; this version's server is node/server.js.
// PRIVACY_UPDATE_CHECK=false is newer than this version: the search for updates is left out here.
if (process.env.PRIVACY_UPDATE_CHECK === 'false') require('./utils/UpdateCheck').check = () => {};
require('./server.js').start();
