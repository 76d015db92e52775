import { setTimeout as sleep } from 'node:timers/promises';
import { unlessGone } from '../../../src/parents/runs.js';
import type { Fault, SimulatorCall } from '../../../src/testing/index.js';
import type { WorkerProcess } from '../../support/processes.js';
import { Stage, type StageParts } from '../../support/stage.js';
import { WATCH_ID } from './starter.js';

const RESTART_MS = 300;
const SUBMIT_COMES_MS = 5_000;
export const WATCH_TERMINATED = 'the watch was terminated';
/** After one that has failed, or has read a list that was wrong. */
export const NEXT_SWEEP_MS = 3_000;

/** A time in which something was away, and what that leaves behind. Unix milliseconds. */
export interface Absence {
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

/** A stage on which workers and the server are killed, and which keeps a record of that. */
export class ExplorerStage extends Stage {
  readonly absences: Absence[] = [];
  /** When the list of tasks was wrong, or nobody watched. */
  readonly listTroubles: Absence[] = [];
  readonly kills = { SIGKILL: 0, SIGTERM: 0, server: 0, serverAtSubmit: 0, watch: 0 };
  /** How many workers ended without being told to. */
  unexpectedExits = 0;
  serverAwayMs = 0;
  /** When each call was over for the API. */
  readonly callEnds = new Map<SimulatorCall, number>();
  private readonly serving: WorkerProcess[] = [];
  private isClosing = false;

  constructor(parts: StageParts) {
    super(parts);
    this.simulator.watchCalls((call) => {
      if (call.outcome !== 'pending') this.callEnds.set(call, Date.now());
    });
  }

  /** Starts a worker. When it ends unasked, another one takes its place. */
  addWorker(): WorkerProcess {
    const worker = this.startWorker();
    this.serving.push(worker);
    void worker.end.then(() => {
      if (this.isClosing || !this.serving.includes(worker)) return;
      this.serving.splice(this.serving.indexOf(worker), 1);
      this.unexpectedExits += 1;
      this.addWorker();
    });
    return worker;
  }

  /** Kills the worker that has served longest, and starts another one. */
  async killWorker(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const worker = this.serving.shift();
    if (!worker) return;
    const from = Date.now();
    this.kills[signal] += 1;
    worker.signal(signal);
    await sleep(RESTART_MS);
    if (this.isClosing) return;
    this.addWorker();
    // A call that it had is given up after 15 s, and tried again; a workflow task after the sticky queue's 2 s, or its 10 s.
    const to = Date.now() + (signal === 'SIGKILL' ? 17_000 : 12_000);
    this.absences.push({ from, to, why: `a worker got ${signal}` });
  }

  /**
   * Resolves when a change is submitted, or just after it was answered; soon, if none is.
   *
   * @param asked - the action of the change. @default any
   */
  async untilSubmit(moment: 'arrival' | 'answer', asked?: string): Promise<boolean> {
    const isIt = ({ action = 'Describe', outcome }: SimulatorCall) =>
      (asked === undefined ? !action.startsWith('Describe') : action === asked) &&
      (outcome === 'pending') === (moment === 'arrival');
    let forget = () => {};
    const submit = new Promise<boolean>((resolve) => {
      forget = this.simulator.watchCalls((call) => {
        if (isIt(call)) resolve(true);
      });
    });
    const came = await Promise.race([submit, sleep(SUBMIT_COMES_MS, false)]);
    forget();
    return came;
  }

  /** Notes that the list is wrong from now on. */
  listIsWrong(fault: Fault, forMs: number): void {
    const from = Date.now();
    const lagMs = fault.kind === 'listLag' ? fault.lagMs : 0;
    this.listTroubles.push({ from, to: from + forMs + lagMs + NEXT_SWEEP_MS, why: `the list: ${fault.kind}` });
  }

  /** Ends the watch of the shared waits, if there is one. Within a minute it runs again and knows them all. */
  async terminateWatch(): Promise<void> {
    const from = Date.now();
    const wasThere = this.client.workflow
      .getHandle(WATCH_ID)
      .terminate()
      .then(() => true);
    if (!(await unlessGone(wasThere).catch(() => false))) return;
    this.kills.watch += 1;
    this.listTroubles.push({ from, to: from + 60_000, why: WATCH_TERMINATED });
  }

  /** Kills the server and starts it again. */
  async restartServer(): Promise<void> {
    this.kills.server += 1;
    this.serverAwayMs += await this.without('the server was killed', async () => {
      await this.killServer();
      await this.startServer();
    });
  }

  /** Takes something away and brings it back; returns for how long it was away. */
  async without(why: string, awayAndBack: () => Promise<void>): Promise<number> {
    const from = Date.now();
    await awayAndBack();
    const to = Date.now();
    this.absences.push({ from, to: to + 20_000, why });
    return to - from;
  }

  override close(options?: { keepLog: boolean }): Promise<void> {
    this.isClosing = true;
    return super.close(options);
  }
}
