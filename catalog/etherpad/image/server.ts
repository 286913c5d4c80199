// Upstream 3 starts node/server.ts; this version's server is node/server.js.
require('./server.js').start();
