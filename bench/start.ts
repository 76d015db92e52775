import type { Stage } from '../test/support/stage.js';
import { definePart } from './support/part.js';
import { startStage } from './support/start-stage.js';
import { median, rounded } from './support/statistics.js';
import { startWaits } from './support/waits.js';

export interface StartParameters {
  readonly rounds: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** Seconds, as medians and worst of the rounds. The wait is there before the worker. */
export interface StartFigures {
  /** From the start of the process until it says that it takes work. */
  readonly upS: Spread;
  readonly firstPollS: Spread;
  readonly firstPollAfterUpS: Spread;
}

interface Spread {
  readonly median: number;
  readonly worst: number;
}

export const start = definePart({
  about: 'from the start of a worker to the first poll',

  parametersFor: ({ quick, settings }): StartParameters => ({ rounds: quick ? 3 : 20, settings }),

  async measure({ rounds, settings }, say): Promise<StartFigures> {
    const stage = await startStage({ settings });
    try {
      const starts: StartTimes[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        say(`round ${round} of ${rounds}`);
        starts.push(await timeStart(stage, round));
      }
      const spread = (field: keyof StartTimes): Spread => {
        const values = starts.map((each) => each[field]);
        return { median: rounded(median(values)), worst: rounded(Math.max(...values)) };
      };
      return { upS: spread('up'), firstPollS: spread('firstPoll'), firstPollAfterUpS: spread('firstPollAfterUp') };
    } finally {
      await stage.close();
    }
  },
});

type StartTimes = Record<'up' | 'firstPoll' | 'firstPollAfterUp', number>;

async function timeStart(stage: Stage, taskId: number): Promise<StartTimes> {
  // Two queues of its own: no server-side limit is left from the worker before.
  const taskQueue = `start-${taskId}`;
  await startWaits(stage.client, stage.simulator, { taskIds: [taskId], taskQueue });
  const startedAt = Date.now();
  const worker = stage.startWorker({ REDIS_TASK_QUEUE: taskQueue });
  const { at: polledAt } = await stage.simulator.waitForCall((call) => call.taskId === String(taskId));
  await worker.prints('Waiting for Redis tasks');
  const line = worker.log.find(({ message }) => message.includes('Waiting for Redis tasks'));
  const upAt = Date.parse(line?.time ?? '');
  await worker.kill();
  return {
    up: (upAt - startedAt) / 1_000,
    firstPoll: (polledAt - startedAt) / 1_000,
    firstPollAfterUp: (polledAt - upAt) / 1_000,
  };
}
