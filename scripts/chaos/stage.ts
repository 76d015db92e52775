import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { apiTaskQueue, DEFAULT_TASK_QUEUE } from 'temporal-tencent-redis';
import { RedisApiSimulator } from 'temporal-tencent-redis/testing';
import type { Dice } from './dice.js';
import type { ChaosFlags } from './flags.js';
import { Fleet } from './fleet.js';
import { MortalServer } from './mortal-server.js';

const WORKER_START_MS = 60_000;

/** Everything that a run takes place on. */
export interface Stage {
  readonly client: Client;
  readonly server: MortalServer;
  readonly simulator: RedisApiSimulator;
  readonly fleet: Fleet;
  readonly logFile: string;
  /** Ends all of it. @param keep - leave the workers' log where it is */
  close(keep: boolean): Promise<void>;
}

/** Starts a server with its state in a file, the API, and the workers. */
export async function setStage({ rps, workers }: ChaosFlags, dice: Dice): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-chaos-'));
  const logFile = path.join(folder, 'worker.log');
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (keep: boolean) => {
    for (const each of closing.splice(0).reverse()) await each();
    if (!keep) await rm(folder, { recursive: true, force: true });
  };
  try {
    const server = await MortalServer.start(folder);
    closing.push(() => server.stop());
    // As the real API: a third more than the fleet is told to use.
    const simulator = await RedisApiSimulator.start({
      requestsPerSecond: Math.ceil((4 / 3) * rps),
      random: dice.throw,
    });
    closing.push(() => simulator.close());
    const fleet = new Fleet({ server, simulator, workers, rps, logFile });
    closing.push(() => fleet.stop());
    const connection = await Connection.connect({ address: server.address });
    closing.push(() => connection.close());
    await untilServed(connection);
    return { client: new Client({ connection }), server, simulator, fleet, logFile, close };
  } catch (error) {
    await close(false);
    throw error;
  }
}

/** A run begins once there is a worker: how long one takes to start is not what is measured. */
async function untilServed(connection: Connection): Promise<void> {
  const taskQueue = { name: apiTaskQueue(DEFAULT_TASK_QUEUE) };
  const { TASK_QUEUE_TYPE_ACTIVITY: taskQueueType } = proto.temporal.api.enums.v1.TaskQueueType;
  const deadline = Date.now() + WORKER_START_MS;
  while (Date.now() < deadline) {
    const request = { namespace: 'default', taskQueue, taskQueueType };
    const { pollers } = await connection.workflowService.describeTaskQueue(request);
    if (pollers.length > 0) return;
    await sleep(200);
  }
  throw new Error(`No worker has come up within ${WORKER_START_MS / 1_000} s`);
}
