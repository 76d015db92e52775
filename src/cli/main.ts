#!/usr/bin/env node
/** The command line `redis-task`. See docs/cli.md. */
import { run } from './run.js';

// Nobody reads it any more, such as behind `head`: the exit code still tells how it ended.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.stderr.on('error', () => undefined);

process.exitCode = await run(process.argv.slice(2), process);
// Write everything, then exit: connections are still open (see connect).
process.stdout.write('', () => process.stderr.write('', () => process.exit()));
