/**
 * `npm run check ui`: opens Temporal UI in a browser, on real waits and changes in every state, and asks whether a person finds there
 * what is waited for, since when, what the API said last, when it is asked again, and what to do about a failure.
 *
 *   --pictures FOLDER   also take a picture of each page
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { CALLERS, createCallerWorker, createHandlerWorker, HANDLER_QUEUE } from '../../examples/nexus/workers.js';
import { accountFor } from '../../src/activities/api-worker.js';
import { watchWorkerOptions } from '../../src/activities/watch-worker.js';
import { apiTaskQueue } from '../../src/contract/ids.js';
import { SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { BUILT_BUNDLE } from '../../test/support/built-bundle.js';
import { SEARCH_ATTRIBUTES_SERVER } from '../../test/support/environments.js';
import { Stage } from '../../test/support/stage.js';
import { createPipelineWorker } from '../demo/pipeline/worker.js';
import { openPage, openUntil } from './browser.js';
import { NO_CALLS_QUEUE, REGION, type Scene, startScenes } from './scenes.js';

/** What a picture shows of a page, from its title on. */
const PICTURE_HEIGHTS = { timeline: 740, 'user-metadata': 700, 'pending-activities': 640, list: 520 } as const;

const { values: flags } = parseArgs({ options: { pictures: { type: 'string' } } });
process.env['TENCENTCLOUD_SECRET_ID'] = SIMULATOR_CREDENTIAL.secretId;
process.env['TENCENTCLOUD_SECRET_KEY'] = SIMULATOR_CREDENTIAL.secretKey;
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

const stage = await Stage.start({
  server: { ...SEARCH_ATTRIBUTES_SERVER, ui: true, namespace: CALLERS },
  settings: { REDIS_TASK_SEARCH_ATTRIBUTES: 'true', REDIS_TASK_ACTIONS: 'UpgradeInstance' },
});
const page = await openPage();
try {
  await startWorkers();
  const scenes = await startScenes(stage);
  const looks = [...scenes.map((scene) => () => look(scene)), lookAtList, askTheQueries];
  let wrong = 0;
  for (const look of looks) {
    await look().catch((error: unknown) => {
      wrong += 1;
      console.log(`✗ ${(error as Error).message}`);
    });
  }
  console.log(`${looks.length - wrong} of ${looks.length} looks at Temporal UI show what they should.`);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  await page.context().browser()?.close();
  await stage.close();
}

async function startWorkers(): Promise<void> {
  await stage.readyWorker();
  const target = { worker: { namespace: 'default', taskQueue: HANDLER_QUEUE } };
  await stage.client.connection.operatorService.createNexusEndpoint({ spec: { name: 'redis-tasks', target } });
  await stage.runWorker(createHandlerWorker);
  await stage.runWorker(createCallerWorker);
  await stage.runWorker((connection) => createPipelineWorker(connection, stage.simulator.url));
  await stage.runWorker((connection) =>
    Worker.create({ connection, taskQueue: NO_CALLS_QUEUE, workflowBundle: BUILT_BUNDLE }),
  );
  await stage.runWorker((connection) =>
    Worker.create({
      connection,
      ...watchWorkerOptions(accountFor({ endpoint: stage.simulator.url }), apiTaskQueue(NO_CALLS_QUEUE)),
    }),
  );
}

async function look({ name, workflowId, namespace = 'default', tab, texts }: Scene): Promise<void> {
  const { runId } = await stage.clientOf(namespace).workflow.getHandle(workflowId).describe();
  const url = `${stage.uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/${tab}`;
  await openUntil(page, url, texts);
  await takePicture(name, tab);
}

/** The list by search attributes. */
async function lookAtList(): Promise<void> {
  const query = `ExecutionStatus = "Running" AND RedisRegion = "${REGION}" AND RedisTaskStatus = "running"`;
  const url = `${stage.uiUrl}/namespaces/default/workflows?query=${encodeURIComponent(query)}`;
  const shown = await openUntil(page, url, [`redis-task/${REGION}/18215`, `redis-task/${REGION}/18216`]);
  if (/FAILED|CANCELED|CONTINUED/.test(shown)) throw new Error(`${url} shows other waits:\n${shown}`);
  await takePicture('list', 'list');
}

/** The server takes the queries of docs/temporal-ui.md. */
async function askTheQueries(): Promise<void> {
  const text = await readFile(new URL('../../docs/temporal-ui.md', import.meta.url), 'utf8');
  const queries = [...text.matchAll(/^\| [^|]+ \| `([^`]+)` \|$/gm)].map(([, query = '']) => query);
  if (queries.length < 5) throw new Error('docs/temporal-ui.md has fewer queries than expected');
  for (const query of queries) await stage.client.workflow.count(query);
  console.log(`✓ ${queries.length} queries`);
}

async function takePicture(name: string, tab: keyof typeof PICTURE_HEIGHTS): Promise<void> {
  console.log(`✓ ${name}`);
  if (flags.pictures === undefined) return;
  await mkdir(flags.pictures, { recursive: true });
  // Without the menu, and what is below the last thing that there is to see.
  const clip = { x: 264, y: tab === 'list' ? 60 : 112, width: 1180, height: PICTURE_HEIGHTS[tab] };
  await page.screenshot({ path: path.join(flags.pictures, `${name}.png`), clip });
}
