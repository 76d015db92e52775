import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { type DevServer, type DevServerOptions, startDevServer } from '../../src/engine/index.js';
import { freeAddress, GOOD_SETTINGS, WorkerProcess } from './processes.js';
import { RedisApiSimulator, type SimulatorOptions } from './simulator.js';

/** A Temporal server in a process of its own. */
export type TemporalServer = Pick<DevServer, 'address' | 'uiUrl' | 'pid' | 'stop'>;

export interface StageOptions {
  /** How to start a dev server, or another server on the state that it left behind; false starts none yet. */
  readonly server?: DevServerOptions | (() => Promise<TemporalServer>) | false;
  readonly simulator?: SimulatorOptions;
  /** The folder with the build of the workers. @default that of the project */
  readonly lib?: string;
  /** Settings of every worker process. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where logs go. @default a temporary folder, which `close` removes */
  readonly logFolder?: string | undefined;
}

/** What `Stage.start` hands to the constructor. */
export interface StageParts {
  readonly options: StageOptions;
  readonly simulator: RedisApiSimulator;
  readonly address: string;
  readonly folder: string;
}

/**
 * SQLite would sync to disk in each transaction, which slow disks cannot keep up with. Without it a killed process
 * loses nothing; a power cut would.
 */
const PRAGMAS = ['journal_mode=wal', 'synchronous=off'].flatMap((pragma) => ['--sqlite-pragma', pragma]);

/** A Temporal server, the simulated API and worker processes, each of which can be killed and started again. */
export class Stage {
  readonly simulator: RedisApiSimulator;
  readonly logFolder: string;
  protected readonly workers: WorkerProcess[] = [];
  private server: TemporalServer | undefined;
  private connection: Connection | undefined;
  private nativeConnection: NativeConnection | undefined;
  private readonly closing: (() => Promise<unknown>)[] = [];

  constructor(private readonly parts: StageParts) {
    this.simulator = parts.simulator;
    this.logFolder = parts.options.logFolder ?? parts.folder;
  }

  static async start<T extends Stage>(this: new (parts: StageParts) => T, options: StageOptions = {}): Promise<T> {
    const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-stage-'));
    const simulator = await RedisApiSimulator.start(options.simulator);
    const stage = new this({ options, simulator, address: await freeAddress(), folder });
    try {
      await mkdir(stage.logFolder, { recursive: true });
      if (options.server !== false) await stage.startServer();
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** `host:port` of the Temporal server, also before it runs. */
  get address(): string {
    return this.server?.address ?? this.parts.address;
  }

  get uiUrl(): string {
    return this.server?.uiUrl ?? '';
  }

  /** The process of the Temporal server. */
  get serverPid(): number | undefined {
    return this.server?.pid;
  }

  get client(): Client {
    return this.clientOf('default');
  }

  clientOf(namespace: string): Client {
    if (!this.connection) throw new Error('There is no server yet');
    return new Client({ connection: this.connection, namespace });
  }

  get logFile(): string {
    return path.join(this.logFolder, 'worker.log');
  }

  /** Starts the server, or starts it again with the state that it left behind. */
  async startServer(): Promise<void> {
    const { server = {} } = this.parts.options;
    this.server = typeof server === 'function' ? await server() : await this.startDevServer(server || {});
    this.connection ??= await Connection.connect({ address: this.server.address });
  }

  private async startDevServer(options: DevServerOptions): Promise<DevServer> {
    const { address } = this;
    const server = await startDevServer({
      port: Number(address.split(':')[1]),
      dbFilename: path.join(this.parts.folder, 'temporal.db'),
      ...options,
      extraArgs: [...PRAGMAS, ...(options.extraArgs ?? [])],
    });
    if (server.address !== address && options.port === undefined) {
      await server.stop();
      throw new Error(`The server is at ${server.address}: something else took ${address}`);
    }
    return server;
  }

  async killServer(): Promise<void> {
    if (!this.server) throw new Error('There is no server to kill');
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.stop();
  }

  /** Starts the package's worker as a process. */
  startWorker(settings: Readonly<Record<string, string>> = {}): WorkerProcess {
    const own = { TEMPORAL_ADDRESS: this.address, TENCENTCLOUD_REDIS_ENDPOINT: this.simulator.url };
    const all = { ...GOOD_SETTINGS, ...own, ...this.parts.options.settings, ...settings };
    const worker = new WorkerProcess(all, 'node', { logFile: this.logFile, lib: this.parts.options.lib });
    this.workers.push(worker);
    return worker;
  }

  /** Resolves once a worker takes work. */
  async readyWorker(settings?: Readonly<Record<string, string>>): Promise<WorkerProcess> {
    const worker = this.startWorker(settings);
    await worker.prints('Waiting for Redis tasks');
    return worker;
  }

  /** Runs a worker in this process until the stage closes. */
  async runWorker(create: (connection: NativeConnection) => Promise<Worker>): Promise<void> {
    this.nativeConnection ??= await NativeConnection.connect({ address: this.address });
    const worker = await create(this.nativeConnection);
    const run = worker.run();
    this.onClose(() => {
      worker.shutdown();
      return run;
    });
  }

  /** What to stop before the rest of the stage. */
  onClose(stop: () => Promise<unknown>): void {
    this.closing.push(stop);
  }

  /** Ends everything. */
  async close({ keepLog = false } = {}): Promise<void> {
    for (const stop of this.closing.splice(0).reverse()) await stop();
    await Promise.all(this.workers.map((worker) => worker.kill()));
    await this.simulator.close();
    await this.nativeConnection?.close();
    await this.connection?.close();
    await this.server?.stop();
    if (!keepLog) await rm(this.parts.folder, { recursive: true, force: true });
  }
}
