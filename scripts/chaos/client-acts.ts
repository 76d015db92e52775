import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import pRetry from 'p-retry';
import { AWAIT_REDIS_TASK, clientWorkflowId, DEFAULT_TASK_QUEUE } from 'temporal-tencent-redis';
import type { RedisApiSimulator } from 'temporal-tencent-redis/testing';
import { type Act, type Fate, REGION } from './fates.js';

/** A wait that a client has started, and when its task truly began. */
export interface StartedWait {
  readonly fate: Fate;
  readonly workflowId: string;
  readonly taskBeganAt: number;
}

/** The client's part of a run: it starts every wait in its time, by name, and does to each what its fate says. */
export async function playClient(
  client: Client,
  simulator: RedisApiSimulator,
  fates: readonly Fate[],
  stop: AbortSignal,
): Promise<readonly StartedWait[]> {
  return Promise.all(fates.map((fate) => playOne(client, simulator, fate, stop)));
}

async function playOne(client: Client, simulator: RedisApiSimulator, fate: Fate, stop: AbortSignal) {
  const { taskId, script } = fate;
  await sleep(fate.startsAtMs, undefined, { signal: stop });
  const workflowId = clientWorkflowId(DEFAULT_TASK_QUEUE, REGION, taskId);
  const started: StartedWait = { fate, workflowId, taskBeganAt: Date.now() };
  if (script) simulator.addTask(taskId, script);
  await untilDone(() => startWait(client, workflowId, fate), stop);
  await Promise.all(
    fate.acts.map(async (act) => {
      await sleep(act.afterMs, undefined, { signal: stop });
      await untilDone(() => perform(client, workflowId, fate, act), stop);
    }),
  );
  return started;
}

async function startWait(client: Client, workflowId: string, { input }: Fate): Promise<void> {
  await client.workflow
    .start(AWAIT_REDIS_TASK, {
      taskQueue: DEFAULT_TASK_QUEUE,
      workflowId,
      workflowIdConflictPolicy: 'USE_EXISTING',
      // A start whose answer was lost with the server is made again, and must not make a second wait.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [input],
    })
    .catch(unless(WorkflowExecutionAlreadyStartedError));
}

async function perform(client: Client, workflowId: string, fate: Fate, { does }: Act): Promise<void> {
  const wait: WorkflowHandle = client.workflow.getHandle(workflowId);
  switch (does) {
    case 'startAgain':
      return startWait(client, workflowId, fate);
    case 'pollNow':
      return wait.signal('pollNow').catch(unless(WorkflowNotFoundError));
    case 'cancel':
      await wait.cancel().catch(unless(WorkflowNotFoundError));
      return;
    case 'extendWait':
      // The server's record says whether it was heard; a refusal, or a wait that has ended, is an answer too.
      await wait
        .executeUpdate('extendWait', { args: [{ maxWait: '30m' }], updateId: 'extend' })
        .catch((error: unknown) => {
          if (isOutage(error)) throw error;
        });
  }
}

/** Tries again for as long as the server is away. */
async function untilDone(act: () => Promise<void>, signal: AbortSignal): Promise<void> {
  await pRetry(act, {
    retries: 60,
    minTimeout: 250,
    maxTimeout: 2_000,
    signal,
    shouldRetry: ({ error }) => isOutage(error),
  });
}

function isOutage(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ('code' in each && [1, 4, 8, 13, 14].includes(Number(each.code))) return true;
  }
  return false;
}

function unless(allowed: new (...args: never[]) => Error): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof allowed)) throw error;
  };
}
