// Plays every kind of wait on dev servers of its own and writes the histories to test/histories/<version>/, in place of
// those that are there: once for each version. CONTRIBUTING.md says when.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import packageJson from '../package.json' with { type: 'json' };
import { REDIS_ACTIONS } from '../src/contract/action/actions.js';
import type { DevServerOptions } from '../src/engine/index.js';
import { LONG_HISTORIES_SERVER, ownDevServer } from '../test/support/environments.js';
import type { NamedHistory } from '../test/support/histories.js';
import type { KindOfWait } from '../test/support/kind-of-wait.js';
import { endingOf, EVERY_KIND, EVERY_LONG_KIND } from '../test/support/kinds-of-waits.js';
import { Waits, type WaitsOptions } from '../test/support/waits.js';

const FOLDER = fileURLToPath(new URL(`../test/histories/${packageJson.version}/`, import.meta.url));

const workflowsPath = fileURLToPath(new URL('../test/workflows/parents.ts', import.meta.url));
const waitWorker = {
  workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') }),
};
const options = { actions: REDIS_ACTIONS, waitWorker };

const recorded = [
  ...(await record(EVERY_KIND, {}, options)),
  ...(await record(EVERY_LONG_KIND, LONG_HISTORIES_SERVER, { ...options, searchAttributes: true })),
];
await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
for (const { name, text } of recorded) await writeFile(path.join(FOLDER, name), text);
console.log(`${recorded.length} histories in ${path.relative(process.cwd(), FOLDER)}`);
process.exit();

interface RecordedHistory {
  readonly name: string;
  readonly text: string;
}

/** Plays these kinds of waits at once, each under its name as the workflow id. */
async function record(
  kinds: Readonly<Record<string, KindOfWait>>,
  serverOptions: DevServerOptions,
  options: WaitsOptions,
): Promise<RecordedHistory[]> {
  const waits = await Waits.start(() => ownDevServer(serverOptions), options);
  try {
    await Promise.all(
      Object.entries(kinds).map(async ([name, kind]) => {
        const ending = await endingOf(await kind.play(waits, name));
        if (ending !== kind.ending) throw new Error(`${name} ended as ${ending} instead of ${kind.ending}`);
      }),
    );
    return named(await waits.histories());
  } finally {
    await waits.close();
  }
}

/** One file per run: `<kind>.json`, and for further runs and children `<kind>.2.json` and so on. */
function named(histories: readonly NamedHistory[]): RecordedHistory[] {
  const seen = new Map<string, number>();
  return histories.map(({ workflowId, history }) => {
    const kind = workflowId.split('/')[0] ?? '';
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return { name: count === 1 ? `${kind}.json` : `${kind}.${count}.json`, text: textOf(historyToJSON(history)) };
  });
}

/** A history as it is committed: an event a line, and nothing of the machine that recorded it. */
function textOf(json: string): string {
  const { events } = JSON.parse(json, withoutMachine) as { events: unknown[] };
  const text = `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
  for (const name of [`@${hostname()}`, process.cwd(), homedir()]) {
    if (text.includes(name)) throw new Error(`A history names this machine: ${name}`);
  }
  return text;
}

/** Workers and their sticky queues have the process and its host in their names; the traces of failures name files. */
function withoutMachine(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return key === 'stackTrace' ? '' : value.replace(`${process.pid}@${hostname()}`, 'recorder');
}
