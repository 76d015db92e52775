import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { RedisTaskPlugin, type RedisTaskPluginOptions } from '../../src/plugin/index.js';
import { type RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { IN_THIS_THREAD } from '../support/this-thread.js';

// By the default: Node finds no named exports in this package, unlike jest.
const { TaskQueueType } = proto.temporal.api.enums.v1;

export interface OwnActivities {
  note(text: string): Promise<string>;
}

export const ownActivities: OwnActivities = { note: (text) => Promise.resolve(`noted: ${text}`) };

/** The user's workflow file. */
export const WORKFLOWS = fileURLToPath(new URL('workflows.ts', import.meta.url));

export function createPlugin(simulator: RedisApiSimulator, options: RedisTaskPluginOptions = {}): RedisTaskPlugin {
  return new RedisTaskPlugin({
    credentials: { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) },
    endpoint: simulator.url,
    ...options,
  });
}

/** A user's worker, on a queue of its own unless told otherwise. */
export function createOwnWorker(env: TestWorkflowEnvironment, options: Partial<WorkerOptions>): Promise<Worker> {
  return Worker.create({
    connection: env.nativeConnection,
    taskQueue: `own-${randomUUID()}`,
    activities: ownActivities,
    ...IN_THIS_THREAD,
    ...options,
  });
}

/** What the server knows of those who take activities from a queue. */
export async function activityPollers(env: TestWorkflowEnvironment, taskQueue: string) {
  const described = await env.connection.workflowService.describeTaskQueue({
    namespace: 'default',
    taskQueue: { name: taskQueue },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    reportConfig: true,
  });
  return { pollers: described.pollers, limit: described.effectiveRateLimit };
}
