import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { cachedPath, install } from './cache.js';
import type { Machine } from './machine.js';
import type { Program } from './programs.js';
import { run } from './run.js';

/** The version in the cache's folder name: whichever the SDK holds to be the right one. */
export const sdkVersion = 'sdk-default';

// A blocked network often swallows packets instead of refusing them: then this is how long it may hold up the next step.
const timeoutMs = 90_000;

/**
 * Has the SDK download a program. The SDK offers that only as part of starting a server, so one is started and stopped.
 * In a process of its own: the SDK's runtime can be configured once per process, and that belongs to the caller; and the
 * server's banner must not reach the caller's stdout.
 */
export async function fromSdk(program: Program, machine: Machine): Promise<string> {
  const testing = createRequire(import.meta.url).resolve('@temporalio/testing');
  return install(cachedPath(program, sdkVersion, machine), machine, async (scratch) => {
    const start = [
      `const { TestWorkflowEnvironment } = require(${JSON.stringify(testing)});`,
      `const executable = { type: 'cached-download', downloadDir: ${JSON.stringify(scratch)} };`,
      `TestWorkflowEnvironment.${program.sdkStart}({ server: { executable } }).then(`,
      `  (server) => server.teardown(),`,
      `  (error) => { console.error(String(error.message).split('\\n')[0]); process.exitCode = 1; },`,
      `);`,
    ].join('\n');
    await run(process.execPath, ['--eval', start], machine.env, timeoutMs, scratch).catch((error: unknown) => {
      throw new Error(error instanceof Error ? error.message.replace(`${process.execPath}: `, '') : String(error));
    });
    const [downloaded] = await readdir(scratch);
    if (downloaded === undefined) throw new Error('the SDK started a server, but left no executable');
    return path.join(scratch, downloaded);
  });
}
