#!/usr/bin/env node
/** The command line `redis-task`. See docs/cli.md. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { EXIT, toCliError } from './exit-codes.js';
import { createProgram } from './program.js';

// Nobody reads it any more, such as behind `head`: the exit code still tells how it ended.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.stderr.on('error', () => undefined);

process.exitCode = await run(process.argv);
// Write everything, then exit: connections are still open (see connect).
process.stdout.write('', () => process.stderr.write('', () => process.exit()));

async function run(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.succeeded;
  try {
    await createProgram(readVersion(), (ended) => (code = ended)).parseAsync([...argv]);
    return code;
  } catch (error) {
    // Commander has already printed it.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.succeeded : EXIT.usage;
    const { exitCode, message } = toCliError(error);
    process.stderr.write(`redis-task: ${message}\n`);
    return exitCode;
  }
}

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
