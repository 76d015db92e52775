import { queryState } from '../../src/client/query.js';
import type { AwaitRedisInstanceInput } from '../../src/contract/instance/input.js';
import type { AnyHandle, KindOfWait } from './kind-of-wait.js';
import { newInstance } from './moments.js';
import { REGION, until, type Waits } from './waits.js';

const POLLING = { initialInterval: '1s', backoffCoefficient: 1, jitter: 0 } as const;
const CHANGING = { status: 1 };
const RUNNING = { status: 2 };

/** Every kind of wait for instances, by a name that tells. */
export const KINDS_OF_INSTANCE_WAITS: Readonly<Record<string, KindOfWait>> = {
  'instances-until-they-are-as-expected': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const changing = { ...CHANGING, memSizeMb: 1_024, forPolls: 1 };
      const instanceIds = [newInstance(waits, changing, { ...RUNNING, memSizeMb: 4_096 }), newInstance(waits, RUNNING)];
      return start(waits, workflowId, { instanceIds, until: 'running', expect: { replicas: 1 } });
    },
  },
  'instance-of-an-order-that-is-not-listed-at-first': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const instanceIds = [newInstance(waits, { ...CHANGING, forPolls: 1 }, RUNNING)];
      const dealName = `2025${waits.addTask()}`;
      waits.simulator.addDeal(dealName, {
        timeline: [
          { status: 2, listed: false, forPolls: 2 },
          { status: 3, forPolls: 1 },
          { status: 4, instanceIds },
        ],
      });
      return start(waits, workflowId, { dealName, until: 'running' });
    },
  },
  'instance-of-an-order-that-fails': {
    ending: 'RedisInstanceFailed',
    play: (waits, workflowId) => {
      const dealName = `2025${waits.addTask()}`;
      waits.simulator.addDeal(dealName, { timeline: [{ status: 3, forPolls: 2 }, { status: 5 }] });
      return start(waits, workflowId, { dealName, until: 'running' });
    },
  },
  'instance-until-it-is-isolated': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const instanceIds = [newInstance(waits, { ...RUNNING, forPolls: 1 }, { status: -2 })];
      return start(waits, workflowId, { instanceIds, until: 'isolated' });
    },
  },
  'instance-that-is-not-running-in-time': {
    ending: 'RedisTaskTimedOut',
    play: (waits, workflowId) =>
      start(waits, workflowId, { instanceIds: [newInstance(waits, CHANGING)], until: 'running', maxWait: '2s' }),
  },
  'instance-that-is-asked-for-at-once': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const instanceIds = [newInstance(waits, { ...CHANGING, forPolls: 1 }, RUNNING)];
      const handle = await start(waits, workflowId, {
        instanceIds,
        until: 'running',
        polling: { initialInterval: '1h' },
      });
      await until(
        () => queryState<{ polls: number; nextPollAt: string | null }>(handle),
        ({ polls, nextPollAt }) => polls === 1 && nextPollAt !== null,
      );
      await handle.signal('pollNow');
      return handle;
    },
  },
  'instance-whose-wait-is-cancelled': {
    ending: 'CANCELLED',
    play: async (waits, workflowId) => {
      const handle = await start(waits, workflowId, { instanceIds: [newInstance(waits, CHANGING)], until: 'running' });
      await until(
        () => queryState<{ polls: number }>(handle),
        ({ polls }) => polls > 0,
      );
      await handle.cancel();
      return handle;
    },
  },
  'instances-by-an-input-that-breaks-a-rule': {
    ending: 'RedisTaskInvalidInput',
    play: (waits, workflowId) => start(waits, workflowId, { instanceIds: [], until: 'running' }),
  },
};

/** The same for a server that suggests early to continue as new. */
export const KINDS_OF_LONG_INSTANCE_WAITS: Readonly<Record<string, KindOfWait>> = {
  'instance-and-continued-as-new': {
    ending: 'COMPLETED',
    play: (waits, workflowId) =>
      start(waits, workflowId, {
        instanceIds: [newInstance(waits, { ...CHANGING, forPolls: 5 }, RUNNING)],
        until: 'running',
      }),
  },
};

function start(waits: Waits, workflowId: string, input: Omit<AwaitRedisInstanceInput, 'region'>): Promise<AnyHandle> {
  return waits.startWorkflow('awaitRedisInstance', [{ region: REGION, polling: POLLING, ...input }], { workflowId });
}
