import { randomUUID } from 'node:crypto';
import { createRedisActivities } from '../../src/activities/index.js';
import { SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import type { Waits } from '../support/waits.js';

/** Workers on a queue of their own, whose calls are answered by `activities` instead of those of `Waits`. */
export interface Queue {
  readonly taskQueue: string;
  readonly close: () => Promise<void>;
}

/** @param activities - what a worker of someone else might answer; the right ones, as fast as they can, by default */
export async function serveQueue(waits: Waits, activities: object = fastActivities(waits)): Promise<Queue> {
  const taskQueue = `fuzz-${randomUUID()}`;
  await waits.serveWaits(taskQueue);
  return { taskQueue, close: await waits.serve({ taskQueue: `${taskQueue}-api`, activities }) };
}

function fastActivities(waits: Waits): object {
  return createRedisActivities({
    credentials: { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) },
    endpoint: waits.simulator.url,
    requestsPerSecond: 10_000,
  });
}
