/**
 * `npm run demo`: plays a few pipelines against a simulator of the API, on a real Temporal server, and shows how each
 * wait goes and ends.
 *
 *   --exit            end when everything has been shown, in a terminal too
 *   --record FOLDER   keep the logs and the histories there
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { showProgress } from './progress.js';
import { prepareSimulator, type Scene, startScenes } from './scenes.js';
import { setStage, type Stage } from './stage.js';

const { values: flags } = parseArgs({ options: { exit: { type: 'boolean' }, record: { type: 'string' } } });
const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('interrupted'));
});
const say = (text: string) => process.stdout.write(`${text}\n`);

const stage = await setStage(flags.record);
try {
  process.exitCode = await play(stage);
} finally {
  await stage.close();
}

async function play(on: Stage): Promise<number> {
  const { client, server, simulator, logFolder } = on;
  say(
    `Temporal ${server.address} · UI ${server.uiUrl ?? 'none'} · simulator of the API ${simulator.url} · logs ${logFolder}\n`,
  );
  prepareSimulator(simulator);
  const scenes = await startScenes(client);
  const progress = showProgress(client, process.stdout);
  const ended = Promise.allSettled(scenes.map(({ outcome }) => outcome));
  const results = await Promise.race([ended, interrupted]);
  await progress.stop();
  if (results === 'interrupted') return 130;

  const shown = scenes.map((scene, index) => report(scene, results[index], server.uiUrl));
  if (flags.record !== undefined) await recordHistories(on, flags.record);
  const { throttled, calls } = simulator.stats();
  say(`\n${calls} calls of the API, ${throttled} of them throttled and some answered by a broken gateway: ridden out.`);
  if (process.stdout.isTTY && !flags.exit) {
    say(`Look around in Temporal UI: ${server.uiUrl ?? ''}   (Ctrl-C ends the demo)`);
    await interrupted;
  }
  return shown.every(Boolean) ? 0 : 1;
}

function report({ about, workflowId }: Scene, result: PromiseSettledResult<string> | undefined, ui = ''): boolean {
  const good = result?.status === 'fulfilled';
  say(`\n${about}`);
  say(`  ${good ? '✓' : '✗'} ${good ? result.value : String(result?.reason)}`);
  say(`  ${ui}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
  return good;
}

async function recordHistories({ client }: Stage, folder: string): Promise<void> {
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    await writeFile(path.join(folder, `${encodeURIComponent(workflowId)}.${runId}.json`), historyToJSON(history));
  }
}
