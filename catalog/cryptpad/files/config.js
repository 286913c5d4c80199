// CryptPad's settings, from the environment. What the administrators change on the site is kept in /cryptpad/data.
'use strict';
const megabytes = 1024 * 1024;

module.exports = {
  httpUnsafeOrigin: process.env.URL,
  // Where the editors run, away from the page that holds the keys.
  httpSafeOrigin: process.env.SANDBOX_URL,
  httpAddress: '0.0.0.0',
  httpPort: 3000,
  websocketPort: 3003,
  adminEmail: process.env.CONTACT,
  adminKeys: [],
  preferredLanguage: process.env.LANGUAGE,
  // No daily message to accounts.cryptpad.fr, and no button for gifts to the makers in its place.
  blockDailyCheck: true,
  allowSubscriptions: false,
  removeDonateButton: true,
  installMethod: 'docker',
  logIP: false,
  logLevel: 'warn',
  logToStdout: true,
  logFeedback: false,
  logPath: false,
  maxWorkers: 2,
  defaultStorageLimit: Number(process.env.QUOTA_MB) * megabytes,
  maxUploadSize: 50 * megabytes,
  inactiveTime: 90,
  archiveRetentionTime: 15,
  filePath: './datastore/',
  archivePath: './data/archive',
  pinPath: './data/pins',
  taskPath: './data/tasks',
  blockPath: './block',
  blobPath: './blob',
  blobStagingPath: './data/blobstage',
  decreePath: './data/decrees',
};
