export { type DevServer, type DevServerOptions, startDevServer } from './dev-server.js';
export { findTemporalCli } from './find.js';
