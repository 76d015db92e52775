#!/usr/bin/env node
// Loads nothing before a worker hears signals: without a listener, one that comes meanwhile kills it instead of draining.
if (process.argv[2] === 'worker') (await import('../worker/stop-signals.js')).stopOnSignals();
await import('./main.js');
