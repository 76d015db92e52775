import got from 'got';
import type { HttpAddress } from './config.js';

/** What a worker process says of itself with every health page. */
export interface WorkerIdentity {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly pid: number;
}

const HEADER = 'x-redis-task-worker';

export function identityHeader(identity: WorkerIdentity): Readonly<Record<string, string>> {
  return { [HEADER]: new URLSearchParams({ ...identity, pid: String(identity.pid) }).toString() };
}

/** Asks who has the address of our health pages: another worker, or undefined for some other program. */
export async function askNeighbour({ host, port }: HttpAddress): Promise<WorkerIdentity | undefined> {
  const url = `http://${host}:${port}/healthz`;
  const options = { throwHttpErrors: false, retry: { limit: 0 }, timeout: { request: 2_000 } } as const;
  const answer = await got(url, options).catch(() => undefined);
  const header = answer?.headers[HEADER];
  if (typeof header !== 'string') return undefined;
  const said = new URLSearchParams(header);
  return {
    namespace: said.get('namespace') ?? '',
    taskQueue: said.get('taskQueue') ?? '',
    pid: Number(said.get('pid')),
  };
}

/** Why there is no health page, in a sentence for the log. */
export function neighbourWarning(own: WorkerIdentity, neighbour: WorkerIdentity | undefined): string {
  if (!neighbour) return 'No health page: its default address is taken';
  const { namespace, taskQueue, pid } = neighbour;
  const isTwin = namespace === own.namespace && taskQueue === own.taskQueue;
  if (!isTwin) {
    return `No health page: its default address is taken by the worker of ${taskQueue} in namespace ${namespace} (process ${pid}). Give each worker of a machine an address of its own with REDIS_TASK_HTTP`;
  }
  return `Another worker of ${taskQueue} runs on this machine already (process ${pid}): it serves the health page. If it is left over from an earlier start, it goes on with the key and the settings of then: end it with kill ${pid}. If there are to be several, give each an address of its own with REDIS_TASK_HTTP`;
}
