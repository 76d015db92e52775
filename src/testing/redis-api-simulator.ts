import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskAnswer } from '../contract/task/state.js';
import type { Account, ActionScript, ExecutedChange, OnAction, OnCreate, OnOrder } from './account.js';
import { act, defaultOnCreate } from './actions.js';
import { CallLog, type SimulatorCall, type SimulatorStats } from './call-log.js';
import { defaultOnOrder } from './changes.js';
import { control, CONTROL_PATH } from './control.js';
import { type Fault, FaultBook, type FaultHandle, type FaultScope, type FaultTarget } from './faults.js';
import { passGateway } from './gateway.js';
import { type Connection, listen, type ReceivedRequest } from './http-server.js';
import { type DealScript, type DealStep, InstanceBook, type InstanceScript, type InstanceStep } from './instances.js';
import { DEFAULTS, type Settings, type SimulatorCredential, type SimulatorOptions } from './options.js';
import { peekTaskId } from './parameters.js';
import { begin, type Step } from './played-task.js';
import { RateWindow } from './rate-window.js';
import { ApiRefusal } from './refusals.js';
import { htmlPage, insteadOfApi, refused, type Reply, spoil, success } from './reply.js';
import { simulatedPoll } from './stub/simulated-poll.js';
import type { TaskId, TaskScript, TaskStep } from './task-script.js';
import { TaskBook } from './tasks.js';

/** The longest time of a timer, about 25 days. */
const FOREVER_MS = 2 ** 31 - 1;

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
  /** By how many milliseconds the server's clock is ahead; may be set at any time. */
  clockOffsetMs: number;
  private readonly account: Account;
  private readonly faults: FaultBook;
  private readonly log: CallLog;
  private readonly arrivals = new RateWindow();
  private server = { url: '', close: () => Promise.resolve() };

  private constructor(private readonly settings: Settings) {
    this.clockOffsetMs = settings.clockOffsetMs;
    this.account = {
      ...settings,
      tasks: new TaskBook(settings.now),
      instances: new InstanceBook(settings.now),
      rate: new RateWindow(),
      credentials: new Map(),
      onCreate: defaultOnCreate,
      onOrder: defaultOnOrder(() => this.account.instances.nextInstanceId()),
      lockedCode: 'ResourceUnavailable.InstanceLockedError',
      executed: [],
      scripts: new Map(),
      actions: new Map(),
      serverNowMs: () => settings.now() + this.clockOffsetMs,
    };
    this.faults = new FaultBook(settings.now, settings.random);
    this.log = new CallLog(settings.keepCalls);
    this.setCredentials(settings.credentials);
  }

  /** Starts a simulator. Rejects if the port is taken. */
  static async start(options: SimulatorOptions = {}): Promise<RedisApiSimulator> {
    const simulator = new RedisApiSimulator({ ...DEFAULTS, ...options });
    simulator.server = await listen(
      simulator.settings,
      (request, connection, gone) => simulator.answer(request, connection, gone),
      () => new Date(simulator.account.serverNowMs()),
    );
    return simulator;
  }

  /** The base URL, such as `http://127.0.0.1:40123`. */
  get url(): string {
    return this.server.url;
  }

  /** The last calls, oldest first; those under way have the outcome `'pending'`. */
  get calls(): readonly SimulatorCall[] {
    return this.log.calls;
  }

  /** Adds a task, or replaces the one with this id. */
  addTask(taskId: TaskId, script: TaskScript): void {
    this.account.tasks.add(taskId, script);
  }

  /** Moves a known task to a status, in which it stays. */
  setTask(taskId: TaskId, step: Pick<TaskStep, 'status' | 'message'>): void {
    this.account.tasks.jump(taskId, step);
  }

  /** Forgets a task: the API does not know it any more. @returns whether there was one */
  removeTask(taskId: TaskId): boolean {
    return this.account.tasks.remove(taskId);
  }

  /** Where a task stands, without a call; undefined if there is none. */
  task(taskId: TaskId): (TaskScript & Pick<TaskStep, 'status' | 'message'>) | undefined {
    const known = this.account.tasks.look(taskId);
    const { status = '', message = '' } = known?.step ?? {};
    return known && { ...known.script, status, message };
  }

  /**
   * Adds an instance, or replaces the one with this id.
   *
   * @example
   * ```ts
   * simulator.addInstance('crs-09u2u96z', { timeline: [{ status: 1, forMs: 5_000 }, { status: 2, memSizeMb: 4_096 }] });
   * simulator.addDeal('20250825297021530591847', {
   *   timeline: [{ status: 2, listed: false, forPolls: 1 }, { status: 4, instanceIds: ['crs-09u2u96z'] }],
   * });
   * ```
   */
  addInstance(instanceId: string, script: InstanceScript): void {
    this.account.instances.add(instanceId, script);
  }

  /** Moves a known instance to a step, in which it stays. */
  setInstance(instanceId: string, step: InstanceStep): void {
    this.account.instances.jump(instanceId, step);
  }

  /** Forgets an instance: the API does not list it any more. @returns whether there was one */
  removeInstance(instanceId: string): boolean {
    return this.account.instances.remove(instanceId);
  }

  /** Where an instance stands, without a call; undefined if there is none. */
  instance(instanceId: string): (InstanceScript & InstanceStep) | undefined {
    return this.account.instances.lookScript(instanceId);
  }

  /** Adds a deal, or replaces the one with this name. */
  addDeal(dealName: string, script: DealScript): void {
    this.account.instances.addDeal(dealName, script);
  }

  /** Moves a known deal to a step, in which it stays. */
  setDeal(dealName: string, step: DealStep): void {
    this.account.instances.jumpDeal(dealName, step);
  }

  /** Forgets a deal: the API does not list it any more. @returns whether there was one */
  removeDeal(dealName: string): boolean {
    return this.account.instances.removeDeal(dealName);
  }

  /** Where a deal stands, without a call; undefined if there is none. */
  deal(dealName: string): (DealScript & DealStep) | undefined {
    return this.account.instances.lookDeal(dealName);
  }

  /** What a poll of a wait that is played in memory sees at `nowMs`; undefined if the API does not know the task. */
  poll(taskId: number, region: string, nowMs: number): TaskAnswer | undefined {
    return simulatedPoll({ tasks: this.account.tasks, faults: this.faults }, taskId, region, nowMs);
  }

  /** The changes that the API has made, in its order: those whose answers were lost, too, and none that it has refused. */
  get executed(): readonly ExecutedChange[] {
    return this.account.executed;
  }

  /** Refuses changes of an instance that another flow holds with this error from now on. */
  setLockedCode(code: string): void {
    this.account.lockedCode = code;
  }

  /** Decides from now on what an action that answers with a deal orders, such as `CreateInstances` or `UpgradeInstance`. */
  onOrder(decide: OnOrder): void {
    this.account.onOrder = decide;
  }

  /** Decides from now on what task an action creates, such as `ClearInstance`. */
  onCreate(decide: OnCreate): void {
    this.account.onCreate = decide;
  }

  /**
   * Answers an action from now on, also one that the simulator does not know. It is signed, rated and struck by faults as
   * any other.
   *
   * @example
   * ```ts
   * simulator.onAction('DescribeInstances', ({ InstanceId }) => ({ TotalCount: 1, InstanceSet: [{ InstanceId, Status: 2 }] }));
   * simulator.onAction('UpgradeInstance', () => ({ error: { code: 'ResourceInsufficient' } }));
   * ```
   */
  onAction(action: string, answer: OnAction): void {
    this.account.actions.set(action, answer);
  }

  /**
   * Says what an action does from now on, each time, whatever `onCreate`, `onOrder` and `onAction` say; undefined ends that. The
   * same JSON scripts it over HTTP.
   *
   * @example
   * ```ts
   * simulator.scriptAction('ClearInstance', { task: { timeline: [{ status: 'running', forMs: 60_000 }, { status: 'succeed' }] } });
   * simulator.scriptAction('UpgradeInstance', {
   *   deal: { timeline: [{ status: 4, instanceIds: ['crs-09u2u96z'] }] },
   *   instances: { 'crs-09u2u96z': { timeline: [{ status: 1, forMs: 60_000 }, { status: 2, memSizeMb: 4_096 }] } },
   * });
   * simulator.scriptAction('CreateInstances', { error: { code: 'ResourceUnavailable.SaleOut' } });
   * ```
   */
  scriptAction(action: string, script: ActionScript | undefined): void {
    if (!script) this.account.scripts.delete(action);
    else this.account.scripts.set(action, checked(script));
  }

  /** Lets calls go wrong from now on. At each stage of a call, the fault that was set first and matches strikes. */
  fault(fault: Fault, scope: FaultScope = {}): FaultHandle {
    return this.faults.add(fault, scope);
  }

  /** Ends all faults. Calls that one holds already stay held. */
  clearFaults(): void {
    this.faults.clear();
  }

  /** Accepts these keys from now on; any other is `AuthFailure.SecretIdNotFound`. */
  setCredentials(credentials: readonly SimulatorCredential[]): void {
    this.account.credentials = new Map(credentials.map((credential) => [credential.secretId, credential]));
  }

  /** Totals since the start. */
  stats(): SimulatorStats {
    return this.log.stats();
  }

  /** Resolves with the first call, past or future, that matches, on its arrival or at its end. */
  async waitForCall(matches: (call: SimulatorCall) => boolean): Promise<SimulatorCall> {
    const known = this.calls.find(matches);
    if (known) return known;
    return new Promise((resolve) => {
      const unwatch = this.watchCalls((call) => {
        if (!matches(call)) return;
        unwatch();
        resolve(call);
      });
    });
  }

  /** Calls `watcher` at the arrival and at the end of every call; the returned function stops it. */
  watchCalls(watcher: (call: SimulatorCall) => void): () => void {
    this.log.watchers.add(watcher);
    return () => void this.log.watchers.delete(watcher);
  }

  /** Ends the server and every open connection. */
  close(): Promise<void> {
    return this.server.close();
  }

  /** Answers one call and notes it in the log. Rejects if the client goes away first. */
  private async answer(request: ReceivedRequest, connection: Connection, gone: AbortSignal): Promise<Reply> {
    if (request.path.startsWith(CONTROL_PATH)) return control(this, request, this.settings.remoteControl);
    const action = short(request.header('x-tc-action'));
    const region = short(request.header('x-tc-region'));
    const secretId = short(/Credential=([^/\s,]+)/.exec(request.header('authorization') ?? '')?.[1]);
    const arrival = { at: this.settings.now(), action, taskId: peekTaskId(request), region, secretId };
    const countInSecond = this.arrivals.count(action ?? '', this.account.serverNowMs());
    const call = this.log.begin({ ...arrival, connectionId: connection.id }, countInSecond);
    const target = { action, taskId: call.taskId, reused: connection.reused };
    const slow = this.faults.strike('delay', target);
    let outcome = 'fault:slow';
    try {
      if (slow) await sleep(slow.delayMs, undefined, { signal: gone });
      const reply = this.reply(request, target);
      outcome = reply.outcome;
      if (reply.wire === 'hang') await sleep(FOREVER_MS, undefined, { signal: gone });
      gone.throwIfAborted();
      this.log.end(call, outcome, reply.response);
      return reply;
    } catch (error) {
      this.log.end(call, outcome, {}, true);
      throw error;
    }
  }

  private reply(request: ReceivedRequest, target: FaultTarget): Reply {
    const instead = this.faults.strike('gateway', target);
    if (instead) return insteadOfApi(instead);
    if (request.path !== '/') return htmlPage(404, 'NotFound');
    const reply = this.replyOfApi(request, target);
    const spoiler = this.faults.strike('answer', { ...target, refused: reply.outcome !== 'ok' });
    return spoiler ? spoil(reply, spoiler) : reply;
  }

  private replyOfApi(request: ReceivedRequest, target: FaultTarget): Reply {
    try {
      passGateway(request, this.account);
      const fault = this.faults.strike('backend', target);
      if (fault?.kind === 'throttled') throw new ApiRefusal(fault.code ?? 'RequestLimitExceeded');
      if (fault) throw new ApiRefusal(fault.code, fault.message);
      return success(act(request, this.account, () => this.faults.strikeList(target)));
    } catch (error) {
      // Anything else is a mistake in the test's own `onCreate` or `random`: it must not look like a fault of the API.
      const isRefusal = error instanceof ApiRefusal;
      const refusal = isRefusal ? error : new ApiRefusal('InternalError', `Simulator: ${String(error)}`);
      return refused(refusal, request.header('x-tc-language'));
    }
  }
}

/** @throws Error for a timeline that cannot be played, now rather than when the action comes */
function checked(script: ActionScript): ActionScript {
  const { deal, task, instances = {} } = { deal: undefined, task: undefined, ...script } as Partial<ActionParts>;
  for (const each of [deal, task, ...Object.values(instances)]) if (each) begin(each.timeline, 'What is started', 0);
  return script;
}

type ActionParts = Readonly<Record<'deal' | 'task', { timeline: readonly Step[] } | undefined>> & {
  readonly instances: Readonly<Record<string, { readonly timeline: readonly Step[] }>>;
};

/** Keeps a hostile header from filling the log. */
function short(text: string | undefined): string | undefined {
  return text?.slice(0, 128);
}
