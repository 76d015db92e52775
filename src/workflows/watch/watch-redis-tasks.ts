import {
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { WatchActivities } from '../../activities/watch-worker.js';
import { apiTaskQueue, watchTaskQueue } from '../../contract/ids.js';
import {
  beginRegister,
  joinedAfter,
  joinedRegister,
  readWatchArguments,
  type RedisTaskWatchState,
  sweptRegister,
  type WatchInput,
  type WatchJoins,
  watchMarkdown,
  watchView,
} from '../../contract/watch/register.js';
import { readSweepStatus, readWatchedWaits, type SweepStatus } from '../../contract/watch/watch.js';
import { getWatchState, join, joinsAfter, swept } from './messages.js';

/** From so many events on, a watch continues as new: a long history takes long to replay on a busy machine. */
const LONG_HISTORY = 500;
/** After this, the server takes the worker of a sweep for lost. */
const HEARTBEAT_TIMEOUT = '7s';
/** How long a watch that cannot list stays to say so, once waits may try again. */
const LINGER_MS = 60_000;

/**
 * Watches the tasks of the shared waits of its task queue in one region: one activity lists the unfinished ones as long as
 * anybody waits, and signals a wait to ask the API when the list does not show its task. Waits start it themselves, and a
 * worker starts it again when it is gone.
 *
 * It keeps no register: the waits are found by their memo in the server's list of open workflows, and it holds those that
 * have joined a moment ago. So nothing is lost with it, and it has nothing to carry on.
 *
 * Handles the query `getState`; its other messages are internal.
 *
 * @param carried - internal: what an earlier run handed over
 *
 * @example
 * ```ts
 * // In the file that a worker's workflowsPath names:
 * export { awaitRedisTask, watchRedisTasks } from 'temporal-tencent-redis/workflows';
 * ```
 */
export async function watchRedisTasks(input: WatchInput, carried?: unknown): Promise<RedisTaskWatchState> {
  const { region, register: begun } = readWatchArguments(input, carried);
  let register = begun ?? beginRegister();
  const become = (next: typeof register) => {
    register = next;
    setCurrentDetails(watchMarkdown(region, register.status, apiTaskQueue(workflowInfo().taskQueue)));
  };
  become(register);

  setHandler(join, (waits) => become(joinedRegister(register, readWatchedWaits(waits), Date.now())), {
    description: 'Internal: waits that join',
  });
  setHandler(swept, (status) => become(sweptRegister(register, readSweepStatus(status))), {
    description: 'Internal: what the sweeps have found',
  });
  setHandler(joinsAfter, (count): WatchJoins => joinedAfter(register, count), {
    description: 'Internal: the waits that have joined since',
  });
  setHandler(getWatchState, () => watchView(region, register.status), {
    description: 'How many waits are watched, and when the tasks were last listed',
  });

  for (;;) {
    const status = await sweepUntilIdle(region, register.status);
    become(sweptRegister(register, status));
    if (mustContinue()) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof watchRedisTasks>(input, register);
    }
    const { blockedUntil, joins } = register.status;
    const hasJoins = () => register.joins > joins;
    if (blockedUntil !== null && !hasJoins())
      await condition(hasJoins, Math.max(0, blockedUntil - Date.now()) + LINGER_MS, {
        summary: 'waits may join again',
      });
    if (!hasJoins()) return watchView(region, register.status);
  }
}

/** One activity: it ends when nobody waits. @returns what it has left, undefined when this run has to end before */
async function sweepUntilIdle(region: string, status: SweepStatus) {
  const taskQueue = watchTaskQueue(apiTaskQueue(workflowInfo().taskQueue));
  const { sweepRedisTasks } = proxyActivities<WatchActivities>({
    taskQueue,
    summary: `lists the unfinished tasks of ${region} while anybody waits`,
    startToCloseTimeout: '1 day',
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: { initialInterval: '1s', maximumInterval: '10s' },
  });
  // A run that has to end leaves it behind: its next heartbeat is refused. Until then two of them sweep, which harms nobody.
  return Promise.race([
    sweepRedisTasks({ region }, status).then(readSweepStatus),
    condition(mustContinue).then(() => undefined),
  ]);
}

function mustContinue(): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength >= LONG_HISTORY;
}
