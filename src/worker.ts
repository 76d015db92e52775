#!/usr/bin/env node
/**
 * The worker process: takes waits from the task queue `redis-task` and makes their calls on `redis-task-api`.
 * Configured by environment variables; see the README.
 */
import { ConfigError } from './worker/config-error.js';

const stop = new AbortController();
// Stays in place: a second signal during the drain changes nothing.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

process.exit(await run());

async function run(): Promise<number> {
  try {
    // Loading the Temporal SDK takes half a second, in which a signal must be heard already.
    const { readConfig } = await import('./worker/config.js');
    const config = readConfig(process.env);
    const { runWorkerProcess } = await import('./worker/process.js');
    return await runWorkerProcess(config, process.env, stop.signal);
  } catch (error) {
    const text = error instanceof ConfigError ? error.message : (error as Error).stack;
    process.stderr.write(`redis-task worker: ${text ?? String(error)}\n`);
    return 1;
  }
}
