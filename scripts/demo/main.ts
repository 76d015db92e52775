/**
 * `npm run demo`: plays a few pipelines against a simulator of the API, on a real Temporal server, and shows how each
 * wait goes and ends.
 *
 *   --exit            end when everything has been shown, in a terminal too
 *   --record FOLDER   keep the logs and the histories there
 */
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { Stage } from '../../test/support/stage.js';
import { createPipelineWorker } from './pipeline/worker.js';
import { type Progress, showProgress } from './progress.js';
import { prepareSimulator, type Scene, startScenes } from './scenes.js';

const { values: flags } = parseArgs({ options: { exit: { type: 'boolean' }, record: { type: 'string' } } });
const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('interrupted'));
});
const say = (text: string) => process.stdout.write(`${text}\n`);

// Temporal's usual ports, or free ones when these are taken.
const stage = await Stage.start({ server: { port: 7233, ui: true, uiPort: 8233 }, logFolder: flags.record });
try {
  process.exitCode = await play();
} finally {
  await stage.close();
}

async function play(): Promise<number> {
  const { address, client, logFolder, simulator, uiUrl } = stage;
  say(`Temporal ${address} · UI ${uiUrl} · simulator of the API ${simulator.url} · logs ${logFolder}\n`);
  stage.startWorker();
  await startPipelines();
  prepareSimulator(simulator);
  const scenes = await startScenes(client);
  const progress = showProgress(client, process.stdout);
  const ended = Promise.all(scenes.map((scene) => report(scene, progress)));
  const results = await Promise.race([ended, interrupted]);
  await progress.stop();
  if (results === 'interrupted') return 130;

  if (flags.record !== undefined) await recordHistories(flags.record);
  const { throttled, calls } = simulator.stats();
  say(`\n${calls} calls of the API, ${throttled} of them throttled and some answered by a broken gateway: ridden out.`);
  if (process.stdout.isTTY && !flags.exit) {
    say(`Look around in Temporal UI: ${uiUrl}   (Ctrl-C ends the demo)`);
    await interrupted;
  }
  return results.every(Boolean) ? 0 : 1;
}

/** The worker of the example, in this process, with a log of its own. */
async function startPipelines(): Promise<void> {
  process.env['TENCENTCLOUD_SECRET_ID'] = SIMULATOR_CREDENTIAL.secretId;
  process.env['TENCENTCLOUD_SECRET_KEY'] = SIMULATOR_CREDENTIAL.secretKey;
  const log = createWriteStream(path.join(stage.logFolder, 'pipelines.log'));
  const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      log.write(`${level} ${message} ${JSON.stringify(meta ?? {}, asText)}\n`);
    }),
    shutdownSignals: [],
  });
  await stage.runWorker((connection) => createPipelineWorker(connection, stage.simulator.url));
}

/** Shows how a scene ended as soon as it has. @returns whether it ended as it should */
async function report({ about, workflowId, outcome }: Scene, progress: Progress): Promise<boolean> {
  const [sign, text] = await outcome.then(
    (value) => ['✓', value] as const,
    (error: unknown) => ['✗', String(error)] as const,
  );
  const link = `${stage.uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;
  progress.say(`\n${about}\n  ${sign} ${text}\n  ${link}\n`);
  return sign === '✓';
}

async function recordHistories(folder: string): Promise<void> {
  for await (const { workflowId, runId } of stage.client.workflow.list()) {
    const history = await stage.client.workflow.getHandle(workflowId, runId).fetchHistory();
    await writeFile(path.join(folder, `${encodeURIComponent(workflowId)}.${runId}.json`), historyToJSON(history));
  }
}
