import type { OnCreate } from './actions.js';
import type { SimulatorCall, SimulatorStats } from './call-log.js';
import type { SimulatorCredential } from './credential.js';
import type { Fault, FaultHandle, FaultScope } from './fault.js';
import { listen } from './http-listener.js';
import { DEFAULTS, type SimulatorOptions } from './options.js';
import { byId, SimulatedApi } from './simulated-api.js';
import type { TaskId } from './task-book.js';
import type { TaskScript, TaskStep } from './task-script.js';

/**
 * Tencent Cloud's redis API on the loopback interface, for tests and demonstrations: it checks what the API checks, in
 * the API's order and words, and goes wrong where it is told to.
 *
 * @example
 * ```ts
 * const simulator = await RedisApiSimulator.start();
 * simulator.addTask(18215, { timeline: [{ status: 'running', forPolls: 3 }, { status: 'succeed', message: 'ok' }] });
 * simulator.fault({ kind: 'html', httpStatus: 502 }, { times: 2 });
 * // … point TENCENTCLOUD_REDIS_ENDPOINT at simulator.url and sign with SIMULATOR_CREDENTIAL …
 * await simulator.close();
 * ```
 */
export class RedisApiSimulator {
  private constructor(
    private readonly api: SimulatedApi,
    /** The base URL, such as `http://127.0.0.1:40123`. */
    readonly url: string,
    private readonly stop: () => Promise<void>,
  ) {}

  /** Starts a simulator. Rejects when the port is taken. */
  static async start(options: SimulatorOptions = {}): Promise<RedisApiSimulator> {
    const settings = { ...DEFAULTS, ...options };
    const api = new SimulatedApi(settings);
    const { url, close } = await listen(
      settings,
      (request, connection, gone) => api.answer(request, connection, gone),
      () => new Date(api.serverNowMs),
    );
    return new RedisApiSimulator(api, url, close);
  }

  /** The last calls, oldest first; those under way have the outcome `'pending'`. */
  get calls(): readonly SimulatorCall[] {
    return this.api.log.calls;
  }

  /** By how many milliseconds the server's clock is ahead; may be set at any time. */
  get clockOffsetMs(): number {
    return this.api.clockOffsetMs;
  }

  set clockOffsetMs(offset: number) {
    this.api.clockOffsetMs = offset;
  }

  /** Adds a task, or starts one with this id anew. */
  addTask(taskId: TaskId, script: TaskScript): void {
    this.api.tasks.add(taskId, script);
  }

  /** Lets a known task jump to a status now, to stay there. */
  setTask(taskId: TaskId, step: Pick<TaskStep, 'status' | 'message'>): void {
    this.api.tasks.jump(taskId, step);
  }

  /** Decides from now on what `ClearInstance` and `ManualBackupInstance` create. */
  onCreate(decide: OnCreate): void {
    this.api.onCreate = decide;
  }

  /** Lets calls go wrong from now on. At each stage of a call the fault that was set first and fits it strikes. */
  fault(fault: Fault, scope: FaultScope = {}): FaultHandle {
    return this.api.faults.add(fault, scope);
  }

  /** Ends all faults. Calls that one holds already stay held. */
  clearFaults(): void {
    this.api.faults.clear();
  }

  /** Accepts these keys and no others. */
  setCredentials(credentials: readonly SimulatorCredential[]): void {
    this.api.credentials = byId(credentials);
  }

  /** Forgets one key: it is `AuthFailure.SecretIdNotFound` from now on. */
  revoke(secretId: string): void {
    this.setCredentials([...this.api.credentials.values()].filter((each) => each.secretId !== secretId));
  }

  /** Totals since the start. */
  stats(): SimulatorStats {
    return this.api.log.stats();
  }

  /**
   * Resolves with the first call, past or future, for which `matches` holds. It is asked when a call arrives and again
   * when it ends, so that a test can wait for either without a timer.
   */
  waitForCall(matches: (call: SimulatorCall) => boolean): Promise<SimulatorCall> {
    return this.api.log.waitFor(matches);
  }

  /** Calls `watcher` at the arrival and at the end of every call; the returned function stops it. */
  watchCalls(watcher: (call: SimulatorCall) => void): () => void {
    return this.api.log.watch(watcher);
  }

  /** Ends the server and every open connection. */
  close(): Promise<void> {
    return this.stop();
  }
}
