import type { RedisApiSimulator } from 'temporal-tencent-redis/testing';
import type { DevServer } from '../../src/engine/index.js';
import { startWorkerProcess, type WorkerProcess } from '../worker-process.js';

const RESTART_MS = 300;
const DRAIN_MS = 25_000;

/** What the workers are started with. */
export interface FleetOptions {
  readonly server: Pick<DevServer, 'address'>;
  readonly simulator: RedisApiSimulator;
  readonly workers: number;
  readonly rps: number;
  readonly logFile: string;
}

/** Worker processes. One that is told to go, or has gone by itself, is replaced at once, as a deployment would do it. */
export class Fleet {
  readonly kills = { SIGKILL: 0, SIGTERM: 0 };
  /** Workers that ended without being told to. */
  deserters = 0;
  private running: WorkerProcess[] = [];
  private readonly told = new Set<WorkerProcess>();
  private stopping = false;

  constructor(private readonly options: FleetOptions) {
    for (let index = 0; index < options.workers; index += 1) this.enlist();
  }

  /** Kills the worker that has served longest, with each signal in turn. */
  killOne(): void {
    const oldest = this.running.find((worker) => !this.told.has(worker));
    if (!oldest) return;
    const signal = this.kills.SIGKILL > this.kills.SIGTERM ? 'SIGTERM' : 'SIGKILL';
    this.kills[signal] += 1;
    this.told.add(oldest);
    oldest.process.kill(signal);
    this.replace();
  }

  /** Drains all of them, by force when that takes too long. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(
      this.running.map(async (worker) => {
        const force = setTimeout(() => worker.process.kill('SIGKILL'), DRAIN_MS);
        await worker.stop();
        clearTimeout(force);
      }),
    );
  }

  private enlist(): void {
    const { server, simulator, rps, logFile } = this.options;
    const settings = { REDIS_TASK_API_RPS: String(rps), REDIS_TASK_HTTP: 'off' };
    const worker = startWorkerProcess({ server, simulator, logFile, settings });
    this.running.push(worker);
    worker.process.once('exit', () => {
      if (this.stopping) return;
      this.running = this.running.filter((each) => each !== worker);
      if (this.told.delete(worker)) return;
      this.deserters += 1;
      this.replace();
    });
  }

  private replace(): void {
    setTimeout(() => {
      if (!this.stopping) this.enlist();
    }, RESTART_MS);
  }
}
