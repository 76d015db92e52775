#!/usr/bin/env node
/**
 * The worker process: takes waits from the task queue `redis-task` and makes their calls on `redis-task-api`.
 * Configured by environment variables; see docs/configuration.md.
 */
import { startWorker } from './worker/start.js';

// When the reader of the log is gone, the worker goes on without.
process.stderr.on('error', () => undefined);
process.exit(await startWorker(process.env));
