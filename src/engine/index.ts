export { type DevServer, type DevServerOptions, startDevServer } from './dev-server.js';
export { findTemporalCli, findTestServer } from './find.js';
export { startTestServer, type TestServer } from './test-server.js';
