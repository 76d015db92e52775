import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { startWorkerProcess, type WorkerProcess } from '../../../scripts/worker-process.js';
import { type DevServer, startDevServer } from '../../../src/engine/index.js';
import { RedisApiSimulator } from '../../../src/testing/index.js';

/** How long a worker takes to be there again, and what its absence leaves behind. */
const RESTART_MS = 300;

export interface StageOptions {
  readonly rps: number;
  readonly workers: number;
}

/** A time in which something was away. Unix milliseconds. */
export interface Absence {
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

/** A Temporal server, the API and workers, all of which can be killed. */
export class Stage {
  readonly absences: Absence[] = [];
  private readonly workers = new Set<WorkerProcess>();
  private stopping = false;

  private constructor(
    private readonly options: StageOptions,
    private readonly folder: string,
    public server: DevServer,
    readonly simulator: RedisApiSimulator,
    readonly connection: Connection,
    readonly client: Client,
  ) {}

  static async set(options: StageOptions): Promise<Stage> {
    const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-explore-'));
    const server = await startDevServer({ dbFilename: path.join(folder, 'temporal.db') });
    // The real API refuses the 21st call of a second.
    const simulator = await RedisApiSimulator.start({ requestsPerSecond: 20, keepCalls: 1_000_000 });
    const connection = await Connection.connect({ address: server.address });
    const stage = new Stage(options, folder, server, simulator, connection, new Client({ connection }));
    for (let index = 0; index < options.workers; index += 1) stage.startWorker();
    return stage;
  }

  get logFile(): string {
    return path.join(this.folder, 'worker.log');
  }

  async killWorker(signal: NodeJS.Signals): Promise<void> {
    const [worker] = this.workers;
    if (!worker) return;
    this.workers.delete(worker);
    const from = Date.now();
    worker.process.kill(signal);
    await sleep(RESTART_MS);
    if (this.stopping) return;
    this.startWorker();
    // A call that it had is given up after 15 s, and tried again; a workflow task after the sticky queue's 2 s, or its 10 s.
    this.absences.push({
      from,
      to: Date.now() + (signal === 'SIGKILL' ? 17_000 : 12_000),
      why: `a worker got ${signal}`,
    });
  }

  async killServer(): Promise<void> {
    const from = Date.now();
    const { address } = this.server;
    const port = Number(address.split(':')[1]);
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.stop();
    this.server = await startDevServer({ dbFilename: path.join(this.folder, 'temporal.db'), port });
    if (this.server.address !== address)
      throw new Error(`The server came back at ${this.server.address}, not ${address}`);
    this.absences.push({ from, to: Date.now() + 20_000, why: 'the server was killed' });
  }

  async close(keepLog: boolean): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.workers].map((worker) => stopSoon(worker)));
    await this.connection.close();
    await this.simulator.close();
    await this.server.stop();
    if (!keepLog) await rm(this.folder, { recursive: true, force: true });
  }

  private startWorker(): void {
    const settings = { REDIS_TASK_API_RPS: String(this.options.rps), REDIS_TASK_HTTP: 'off' };
    this.workers.add(
      startWorkerProcess({ server: this.server, simulator: this.simulator, settings, logFile: this.logFile }),
    );
  }
}

async function stopSoon(worker: WorkerProcess): Promise<void> {
  const force = setTimeout(() => worker.process.kill('SIGKILL'), 15_000);
  await worker.stop();
  clearTimeout(force);
}
