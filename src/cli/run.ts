import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import type { Commands } from './commands.js';
import { type CliError, EXIT, type ExitCode, toCliError } from './exit-codes.js';
import type { Host } from './host.js';
import { createProgram } from './program.js';
import { createOutput, printable } from './terminal.js';

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
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.succeeded;
    // Commander has printed the help.
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage;
    return writeError(toCliError(error), args, host);
  }
}

function writeError({ exitCode, type, message }: CliError, args: readonly string[], host: Host): ExitCode {
  const output = createOutput(host, { json: args.includes('--json') });
  const line = printable(message);
  // A worker writes nothing but its log.
  if (!output.isHuman && args[0] !== 'worker') output.result({ type, message: line, details: {} }, line);
  output.say(`redis-task: ${line}`);
  return exitCode;
}

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
