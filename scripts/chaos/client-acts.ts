import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import pRetry from 'p-retry';
import {
  AWAIT_REDIS_TASK,
  clientWorkflowId,
  DEFAULT_TASK_QUEUE,
  type RedisTaskWaitState,
} from 'temporal-tencent-redis';
import type { RedisApiSimulator } from 'temporal-tencent-redis/testing';
import { type Act, type Fate, REGION } from './fates.js';
import type { Weather } from './weather.js';

/** A wait that a client has started, and when its task truly began. */
export interface StartedWait {
  readonly fate: Fate;
  readonly workflowId: string;
  readonly taskBeganAt: number;
  /** What the server has acknowledged, so that it must not have forgotten it. */
  readonly heard: readonly Act['does'][];
}

/** What the client works with. */
export interface Surroundings {
  readonly client: Client;
  readonly simulator: RedisApiSimulator;
  readonly weather: Weather;
  readonly stop: AbortSignal;
}

/** The client's part of a run: it starts every wait in its time, by name, and does to each what its fate says. */
export async function playClient(around: Surroundings, fates: readonly Fate[]): Promise<readonly StartedWait[]> {
  return Promise.all(fates.map((fate) => playOne(around, fate)));
}

async function playOne(around: Surroundings, fate: Fate): Promise<StartedWait> {
  const { client, simulator, stop } = around;
  const { taskId, script } = fate;
  await sleep(fate.startsAtMs, undefined, { signal: stop });
  const workflowId = clientWorkflowId(DEFAULT_TASK_QUEUE, REGION, taskId);
  const heard: Act['does'][] = [];
  const started: StartedWait = { fate, workflowId, taskBeganAt: Date.now(), heard };
  if (script) simulator.addTask(taskId, script);
  await untilDone(() => startWait(client, workflowId, fate), stop);
  await Promise.all(
    fate.acts.map(async (act) => {
      await sleep(act.afterMs, undefined, { signal: stop });
      if (await untilDone(() => perform(around, workflowId, fate, act), stop)) heard.push(act.does);
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
    .catch(falseFor(WorkflowExecutionAlreadyStartedError));
}

/** Whether the server has acknowledged it; what comes after the end of a wait is refused. */
async function perform(
  { client, weather }: Surroundings,
  workflowId: string,
  fate: Fate,
  { does }: Act,
): Promise<boolean> {
  const wait: WorkflowHandle = client.workflow.getHandle(workflowId);
  switch (does) {
    case 'startAgain':
      return startWait(client, workflowId, fate).then(() => true);
    case 'hearItForgotten': {
      const { polls } = await wait.query<RedisTaskWaitState>('getState');
      if (polls > 0) weather.forget(fate.taskId);
      return polls > 0;
    }
    case 'pollNow':
      return acknowledged(wait.signal('pollNow'), WorkflowNotFoundError);
    case 'cancel':
      return acknowledged(wait.cancel(), WorkflowNotFoundError);
    case 'extendWait': {
      // The id lets it be sent again when its answer was lost. Refused means too late.
      const update = wait.executeUpdate('extendWait', { args: [{ maxWait: '30m' }], updateId: 'extend' });
      return acknowledged(update, WorkflowNotFoundError, WorkflowUpdateFailedError);
    }
  }
}

async function acknowledged(act: Promise<unknown>, ...refusals: ErrorClass[]): Promise<boolean> {
  return act.then(() => true).catch(falseFor(...refusals));
}

/** Tries again for as long as the server is away. */
function untilDone<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return pRetry(act, {
    retries: 60,
    minTimeout: 250,
    maxTimeout: 2_000,
    signal,
    shouldRetry: ({ error }) => isOutage(error),
  });
}

/** gRPC: cancelled, deadline exceeded, resource exhausted, failed precondition (no worker), internal, unavailable. */
const OUTAGES: readonly number[] = [1, 4, 8, 9, 13, 14];

function isOutage(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ('code' in each && OUTAGES.includes(Number(each.code))) return true;
  }
  return false;
}

type ErrorClass = new (...args: never[]) => Error;

function falseFor(...allowed: ErrorClass[]): (error: unknown) => false {
  return (error) => {
    if (allowed.some((each) => error instanceof each)) return false;
    throw error;
  };
}
