import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { RedisTaskClient } from '../../src/client/index.js';
import { startDevServer } from '../../src/engine/index.js';
import { createRedisTasksHandler } from '../../src/nexus/handler.js';
import { LONG_HISTORIES_SERVER } from '../support/long-histories-server.js';
import { Waits } from '../support/waits.js';
import type { WaitingActivities } from './chains.js';

/** Everything that a failure can come through: a dev server, waits, workflows of users, and a Nexus endpoint. */
export interface Stage {
  readonly address: string;
  readonly waits: Waits;
  /** The queue of the users' workflows. */
  readonly users: string;
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Sets the stage on a server that suggests to continue as new after twenty events. */
export async function setStage(): Promise<Stage> {
  const server = await startDevServer(LONG_HISTORIES_SERVER);
  const { address } = server;
  const waits = await Waits.start(() => TestWorkflowEnvironment.createFromExistingServer({ address }));
  const users = `users-${randomUUID()}`;
  const activities: WaitingActivities = {
    awaitOutside({ input, taskQueue }) {
      // A user's activity has a client of its own; this one may use the worker's.
      const { connection } = Context.current().client;
      return new RedisTaskClient(new Client({ connection }), { taskQueue }).await(input);
    },
  };
  const logger = new DefaultLogger('ERROR');
  const workflowsPath = fileURLToPath(new URL('chains.ts', import.meta.url));
  const worker = await Worker.create({
    connection: waits.env.nativeConnection,
    taskQueue: users,
    activities,
    nexusServices: [createRedisTasksHandler({ taskQueue: waits.taskQueue })],
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger }),
  });
  const endpoint = 'redis-tasks';
  await waits.env.createNexusEndpoint(endpoint, users);
  const run = worker.run();
  return {
    address,
    waits,
    users,
    endpoint,
    async close() {
      worker.shutdown();
      await run;
      await waits.close();
      await server.stop();
    },
  };
}
