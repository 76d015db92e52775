import { randomUUID } from 'node:crypto';
import { RUNNING } from '../client/find.js';
import {
  ACTIVITIES,
  adviceOnVersions,
  type Poller,
  type QueueType,
  takersAmong,
  WORKFLOWS,
} from '../client/workers.js';
import { apiTaskQueue, waitsQuery, watchTaskQueue } from '../contract/ids.js';
import { WATCH_REDIS_TASKS } from '../contract/watch/watch.js';
import { type Probe, probeOf, probeWaits, type Verdict, verdictOnError } from './doctor-probes.js';
import { CliError, EXIT, type ExitCode } from './exit-codes.js';
import { limitOfQueue, pausedText } from './queue-limit.js';
import { type Temporal, withTimeout } from './temporal.js';
import { ADVICE, listPollers } from './workers.js';

/** A queue from which workers take the work of waits. */
interface ServedQueue {
  readonly type: QueueType;
  readonly work: string;
  readonly nameFor: (taskQueue: string) => string;
  readonly probe: Probe;
  /** What it costs waits that nobody does this work: an exit code, and words before those that say so. */
  readonly harm: (temporal: Temporal) => Promise<readonly [ExitCode, string]>;
}

const WAITS: ServedQueue = {
  type: WORKFLOWS,
  work: 'the workflow awaitRedisTask',
  nameFor: (taskQueue) => taskQueue,
  probe: probeWaits,
  harm: standStill,
};

const CALLS: ServedQueue = {
  type: ACTIVITIES,
  work: 'the activity describeTaskInfo',
  nameFor: apiTaskQueue,
  probe: probeOf('describeTaskInfo'),
  harm: standStill,
};

const WATCHES: ServedQueue = {
  type: ACTIVITIES,
  work: 'the activity sweepRedisTasks',
  nameFor: (taskQueue) => watchTaskQueue(apiTaskQueue(taskQueue)),
  probe: probeOf('sweepRedisTasks'),
  harm: late,
};

/** Checks the workers of each queue, all at once: each check may wait for seconds, where there is no worker. */
export function checkWorkers(temporal: Temporal) {
  const checks = {
    waits: checkQueue(temporal, WAITS),
    calls: checkQueue(temporal, CALLS),
    watches: checkQueue(temporal, WATCHES),
  };
  // They are awaited one after the other.
  void Promise.allSettled(Object.values(checks));
  return checks;
}

/** Asks a worker to do the work, since the server's list of workers still has those that have just left. */
async function checkQueue(temporal: Temporal, { type, work, nameFor, probe, harm }: ServedQueue): Promise<string> {
  const { taskQueue } = temporal.waits;
  const queue = nameFor(taskQueue);
  const verdict = await probe(temporal, queue, `${taskQueue}/doctor/${randomUUID()}`).catch(verdictOnError);
  const pollers = await listPollers(temporal, queue, type);
  const set = await limitOfQueue(temporal, queue, type);
  const problem = pausedText(queue, set) ?? problemOf(queue, work, verdict, pollers);
  if (problem !== undefined) {
    const [exitCode, consequence] = await withTimeout(temporal, () => harm(temporal));
    throw new CliError(exitCode, `${consequence}${problem}`);
  }
  const ofWorkers = pollers.map(({ ratePerSecond }) => ratePerSecond).filter((rate) => rate > 0 && rate < 100_000);
  const rates = set ? [set.callsPerSecond] : ofWorkers;
  const limit = rates.length > 0 ? ` Limit of the queue: ${Math.max(...rates)} calls a second.` : '';
  if (verdict === 'done') return `A worker takes work from queue ${queue}.${limit}`;
  return `Queue ${queue} had a worker in the last minutes, which may be busy.${limit}`;
}

function problemOf(queue: string, work: string, verdict: Verdict, pollers: readonly Poller[]): string | undefined {
  if (verdict === 'untaken' || takersAmong(pollers).length === 0) {
    const advice = adviceOnVersions(pollers) || ` ${ADVICE}`;
    return `No worker takes work from queue ${queue}.${advice}`;
  }
  if (verdict !== 'undone') return undefined;
  return `A worker takes work from queue ${queue} but does not do it. Does it serve ${work}? See its log.`;
}

/** What has no code of its own to say: a wait does nothing without a worker. */
function standStill(): ReturnType<ServedQueue['harm']> {
  return Promise.resolve([EXIT.noWorker, '']);
}

/** A shared wait does without a watch, unless it is watched already: then a watch runs. */
async function late({ waits: { client, taskQueue } }: Temporal): ReturnType<ServedQueue['harm']> {
  const { count } = await client.workflow.count(waitsQuery(taskQueue, RUNNING, [WATCH_REDIS_TASKS]));
  if (count === 0) return [EXIT.succeeded, 'Shared waits pace themselves. '];
  return [EXIT.noWorker, 'Shared waits may end up to 30 min late. '];
}
