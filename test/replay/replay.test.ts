// Today's code runs once more over the histories of every version that was recorded, as it will in users' namespaces.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import packageJson from '../../package.json' with { type: 'json' };
import { bundled, workflowBundle } from '../support/environments.js';
import { EVERY_KIND, EVERY_LONG_KIND } from '../support/kinds-of-waits.js';
import { replay } from '../support/replays.js';

const HISTORIES = fileURLToPath(new URL('../histories/', import.meta.url));
const logger = new DefaultLogger('ERROR');

/** Where the interceptors of traces send their spans. */
const SPANS_GO_NOWHERE = { exporter: { export: { fn: () => undefined } } };

interface RecordedEvent {
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string };
}

interface RecordedHistory {
  readonly events: readonly RecordedEvent[];
}

beforeAll(() => {
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR' } } });
});

function filesOf(version: string): string[] {
  return readdirSync(path.join(HISTORIES, version)).sort();
}

function read(version: string, file: string): RecordedHistory {
  return JSON.parse(readFileSync(path.join(HISTORIES, version, file), 'utf8')) as RecordedHistory;
}

/** The kind of wait that a file holds a run of. */
function kindOf(file: string): string {
  return file.slice(0, file.indexOf('.'));
}

/** What went wrong with which of these histories. */
async function failuresOf(
  workflowBundle: WorkflowBundleOption,
  histories: readonly RecordedHistory[],
): Promise<{ workflowId: string; error: Error }[]> {
  // A child's id begins with that of its parent, so each needs its own.
  const named = histories.map((history) => ({ workflowId: workflowIdOf(history), history }));
  const results = await replay({ workflowBundle, sinks: SPANS_GO_NOWHERE }, named);
  expect(results).toHaveLength(histories.length);
  return results.flatMap(({ workflowId, error }) => (error ? [{ workflowId, error }] : []));
}

function workflowIdOf({ events }: RecordedHistory): string {
  return events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? '';
}

const versions = readdirSync(HISTORIES).filter((name) => /^\d/.test(name));

test.each(versions)('every history of %s replays', async (version) => {
  const histories = filesOf(version).map((file) => read(version, file));

  await expect(failuresOf(workflowBundle(), histories)).resolves.toEqual([]);
});

test('they replay in a worker that sends traces, too: traces can be turned on while waits are open', async () => {
  const { resolve } = createRequire(import.meta.url);
  const traced = await bundled(fileURLToPath(new URL('../workflows/parents.ts', import.meta.url)), [
    resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors'),
  ]);
  const histories = versions.flatMap((version) => filesOf(version).map((file) => read(version, file)));
  // Each replay costs a second: every fourth history has all commands of a wait.
  const some = histories.filter((_, index) => index % 4 === 0);

  await expect(failuresOf(traced, some)).resolves.toEqual([]);
});

test('this version has a history of every kind of wait', () => {
  const kinds = Object.keys({ ...EVERY_KIND, ...EVERY_LONG_KIND });

  expect([...new Set(filesOf(packageJson.version).map(kindOf))].sort()).toEqual(kinds.sort());
});

describe('what does not fit together is found', () => {
  const { events } = read(packageJson.version, 'succeeded.json');
  const found = [{ workflowId: 'succeeded', error: expect.any(DeterminismViolationError) as Error }];

  test('when the history has a call of another name', async () => {
    const another = JSON.stringify(events).replaceAll('"describeTaskInfo"', '"describeTask"');
    const changed = { events: JSON.parse(another) as RecordedEvent[] };

    await expect(failuresOf(workflowBundle(), [changed])).resolves.toEqual(found);
  });

  test('when the code sets a timer before its first call', async () => {
    const changed = await bundled(fileURLToPath(new URL('incompatible-workflows.ts', import.meta.url)));

    await expect(failuresOf(changed, [{ events }])).resolves.toEqual(found);
  });
});

test('no history names a machine or a file of the one that recorded it', () => {
  const identities = new Set<string>();
  for (const version of versions) {
    for (const file of filesOf(version)) {
      const text = readFileSync(path.join(HISTORIES, version, file), 'utf8');
      for (const [, identity = ''] of text.matchAll(/"identity":"([^"]*)"/g)) identities.add(identity);
      expect(text).not.toMatch(/\d+@|\.[jt]s:\d+|"stackTrace":"[^"]/);
    }
  }

  expect([...identities].sort()).toEqual(['a worker that is killed', 'history-service', 'recorder']);
});
