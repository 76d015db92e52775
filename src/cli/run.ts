import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import type { Commands } from './commands.js';
import { EXIT, toCliError } from './exit-codes.js';
import type { Host } from './host.js';
import { createProgram } from './program.js';

/**
 * Runs one command line. Connections stay open (see `connect`).
 *
 * @param args - without the names of the program
 * @returns the exit code
 */
export async function run(args: readonly string[], host: Host, commands?: Commands): Promise<number> {
  let code: number = EXIT.succeeded;
  try {
    const program = createProgram(readVersion(), host, (ended) => (code = ended), commands);
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has already printed it.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.succeeded : EXIT.usage;
    const { exitCode, message } = toCliError(error);
    host.stderr.write(`redis-task: ${message}\n`);
    return exitCode;
  }
}

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
