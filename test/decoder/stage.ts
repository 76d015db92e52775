import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { RedisTaskClient } from '../../src/client/index.js';
import { createRedisTasksHandler } from '../../src/nexus/handler.js';
import { BUILT_BUNDLE } from '../support/built-bundle.js';
import { LONG_HISTORIES_SERVER, ownDevServer } from '../support/environments.js';
import { Waits } from '../support/waits.js';
import type { WaitingActivities } from './chains.js';

/** Everything that a failure can come through: waits, workflows of users, and a Nexus endpoint. */
export interface ChainStage {
  readonly waits: Waits;
  /** The queue of the users' workflows. */
  readonly users: string;
  readonly endpoint: string;
}

/** Starts all of it on a server that suggests to continue as new after twenty events. `waits.close` ends it. */
export async function startChainStage(): Promise<ChainStage> {
  // `npm run check decoder` is no run of jest: it has no bundle of the tests' workflows.
  const waitWorker = { workflowBundle: BUILT_BUNDLE };
  const waits = await Waits.start(() => ownDevServer(LONG_HISTORIES_SERVER), { waitWorker });
  const users = `users-${randomUUID()}`;
  const activities: WaitingActivities = {
    awaitOutside({ input, taskQueue }) {
      // A user's activity has a client of its own; this one may use the worker's.
      const { connection } = Context.current().client;
      return new RedisTaskClient(new Client({ connection }), { taskQueue }).await(input);
    },
  };
  const workflowsPath = fileURLToPath(new URL('chains.ts', import.meta.url));
  await waits.serve({
    taskQueue: users,
    activities,
    nexusServices: [createRedisTasksHandler({ taskQueue: waits.taskQueue })],
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
  });
  const endpoint = 'redis-tasks';
  await waits.env.createNexusEndpoint(endpoint, users);
  return { waits, users, endpoint };
}
