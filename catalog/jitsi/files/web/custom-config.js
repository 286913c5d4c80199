// Added by the image to its own settings: no pictures from gravatar.com, no analytics, no random callers' service.
config.disableThirdPartyRequests = true;
config.analytics = { disabled: true };
config.enableCalendarIntegration = false;
config.giphy = { enabled: false };
config.whiteboard = { enabled: false };
config.p2p.stunServers = [];
config.doNotStoreRoom = true;
