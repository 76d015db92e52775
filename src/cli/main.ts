#!/usr/bin/env node
/** The command line `redis-task`. See docs/cli.md. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { CliError, EXIT, type ExitCode } from './exit-codes.js';
import { createProgram } from './program.js';

// A reader such as `head` has enough: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.succeeded);
});

process.exitCode = await run(process.argv);
// With what has been written, and with connections that are open: see connect().
process.stdout.write('', () => process.stderr.write('', () => process.exit()));

async function run(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.succeeded;
  try {
    await createProgram(version(), (ended) => (code = ended)).parseAsync([...argv]);
    return code;
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.succeeded : EXIT.usage;
    const [exitCode, text] =
      error instanceof CliError ? [error.exitCode, error.message] : [EXIT.error, unexpected(error)];
    process.stderr.write(`redis-task: ${text}\n`);
    return exitCode;
  }
}

function unexpected(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.replace(/\s+/g, ' ') : String(error);
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
