// A worker that loses Temporal while it runs, by each way in which it can: what its pages say, and that it recovers.
import { run } from '../../scripts/consumers/run.js';
import { findTemporalCli } from '../../src/engine/index.js';
import { eventually, freeAddress, pageOf, statusOf } from '../support/processes.js';
import { Stage } from '../support/stage.js';

let stage: Stage;
let http: string;

beforeEach(async () => {
  [stage, http] = [await Stage.start(), await freeAddress()];
});
afterEach(() => stage.close());

const isReady = (ready: boolean) => eventually(async () => (await statusOf(http, '/readyz')) === (ready ? 200 : 503));

test('a connection that is lost makes it not ready but no reason for a restart, and comes back by itself', async () => {
  const worker = stage.startWorker({ REDIS_TASK_HTTP: http });
  await isReady(true);
  await stage.killServer();
  await isReady(false);

  expect((await pageOf(http, '/readyz')).text).toMatch(/^Temporal cannot be used: .+\.$/);
  expect(await pageOf(http, '/healthz')).toEqual({ status: 200, text: 'ok' });
  await stage.startServer();
  await isReady(true);
  const messages = worker.log.map(({ message }) => message).filter((each) => /^Temporal can/.test(each));
  expect(messages).toEqual(['Temporal cannot be used: not ready', 'Temporal can be used again: ready']);
});

test('a namespace that is deleted makes it not ready, by its name', async () => {
  const cli = await findTemporalCli();
  const operator = (...args: string[]) =>
    run('.', cli, ['operator', 'namespace', ...args, '--address', stage.address, '-n', 'gone']);
  await operator('create');
  await eventually(() =>
    stage.client.workflowService.describeNamespace({ namespace: 'gone' }).then(
      () => true,
      () => false,
    ),
  );
  stage.startWorker({ REDIS_TASK_HTTP: http, TEMPORAL_NAMESPACE: 'gone' });
  await isReady(true);
  await operator('delete', '--yes');
  await isReady(false);

  expect((await pageOf(http, '/readyz')).text).toMatch(/^Temporal cannot be used: .*gone.*not found.*\.$/i);
  expect(await statusOf(http, '/healthz')).toBe(200);
});
