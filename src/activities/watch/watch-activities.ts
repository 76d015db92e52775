import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { watchWorkflowId } from '../../contract/ids.js';
import { METRICS } from '../../contract/metrics.js';
import { readWatchInput, type WatchInput } from '../../contract/watch/register.js';
import { NOT_SWEPT, readSweepStatus, type SweepStatus, type WatchedTask } from '../../contract/watch/watch.js';
import { OpenWaitsList } from '../../parents/open-waits.js';
import type { RedisApi } from '../../tencent/redis-api.js';
import { recordOfProcess } from '../api/metrics.js';
import { JoinBatches } from './join-batches.js';
import { readTasks } from './read-tasks.js';
import { Sweeper } from './sweeper.js';
import { Watches } from './watches.js';

const HEARTBEAT_MS = 1_000;

/** The activities of a watch of shared waits. */
export interface SharedWaitActivities {
  /** Tells the watch of the calling wait, and starts the watch if it is not running. */
  joinRedisTaskWatch(task: WatchedTask): Promise<void>;
  /** Lists the unfinished tasks as long as anybody waits. @param status - as the activity before it has left it */
  sweepRedisTasks(input: WatchInput, status: SweepStatus): Promise<SweepStatus>;
}

/** @param taskQueue - of the waits */
export function createSharedWaitActivities(api: RedisApi, taskQueue: string): SharedWaitActivities {
  let joins: JoinBatches | undefined;

  return {
    async joinRedisTaskWatch(task) {
      const { client, info } = Context.current();
      joins ??= new JoinBatches(new Watches(client, taskQueue));
      const { workflowId } = info.workflowExecution ?? {};
      if (workflowId !== undefined) await joins.join({ ...task, workflowId });
    },

    async sweepRedisTasks(input, status) {
      const { region } = readWatchInput(input);
      const context = Context.current();
      const { client, cancellationSignal: signal } = context;
      // Every page that is under way listens.
      setMaxListeners(0, signal);
      const showNext = (atMs: number) => recordOfProcess(METRICS.nextSweep, atMs / 1_000, { region });
      const sweeper = new Sweeper(
        {
          client,
          workflowId: context.info.workflowExecution?.workflowId ?? watchWorkflowId(taskQueue, region),
          region,
          openWaits: OpenWaitsList.of(client, taskQueue),
          read: (lookedFor) => readTasks(api, region, lookedFor, signal),
          // Not the context's, of which each leaves something behind until the activity ends, which may take a day.
          sleep: (ms) => setTimeout(ms, undefined, { signal }).catch(() => signal.throwIfAborted()),
          paced: showNext,
          swept: (outcome, calls, tasksListed) => {
            recordOfProcess(METRICS.sweeps, 1, { region, outcome });
            recordOfProcess(METRICS.listCalls, calls, { region });
            if (tasksListed !== undefined) recordOfProcess(METRICS.tasksListed, tasksListed, { region });
          },
        },
        readSweepStatus(status) ?? NOT_SWEPT,
      );
      const beats = setInterval(() => context.heartbeat(sweeper.standing), HEARTBEAT_MS);
      try {
        return await sweeper.run();
      } finally {
        clearInterval(beats);
        // The next sweep is no longer this process's.
        showNext(Date.now());
      }
    },
  };
}
