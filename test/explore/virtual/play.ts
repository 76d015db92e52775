import type { RedisTaskWaitState } from '../../../src/contract/task/view.js';
import { WATCH_REPORT_SIGNAL } from '../../../src/contract/watch/watch.js';
import type { WatchReport } from '../../../src/contract/watch/watched-wait.js';
import { durationMs } from '../../support/histories.js';
import { failed, success, valueOf } from '../ending.js';
import type { Ending, PollRecord, SteeringRecord, WaitRecord } from '../wait-record.js';
import type { Act, WaitScript } from '../wait-script.js';
import { VirtualClock } from './clock.js';
import { VirtualQueue } from './queue.js';
import { during, type Span, type Surroundings } from './surroundings.js';
import {
  type Command,
  type Job,
  type Payload,
  payloads,
  replayDifference,
  type Run,
  type RunOptions,
  type WorkflowVm,
} from './workflow-vm.js';

const START = Date.parse('2026-11-23T10:00:00Z');
const REGION = 'ap-guangzhou';
const STEPS_MAX = 20_000;

/** What a watch tells: the list does not show the task. */
const TOLD: WatchReport = { seenAt: null };

/** What a watch tells that may not list for half a minute. */
function unable(now: number): WatchReport {
  const error = { code: 'UnauthorizedOperation', message: 'no', requestId: null, at: new Date(now).toISOString() };
  return { seenAt: null, sentAt: now, unable: { error, until: now + 30_000 } };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Plays a wait in virtual time: the workflow in the SDK's sandbox, the server and its queue by the rules of Temporal. */
export async function playVirtually(vm: WorkflowVm, script: WaitScript, around: Surroundings): Promise<WaitRecord> {
  return new VirtualWait(vm, script, around).play();
}

class VirtualWait {
  private readonly clock = new VirtualClock(START);
  private readonly queue: VirtualQueue;
  private readonly jobs: Job[] = [];
  private readonly timers = new Map<number, { cancel(): void }>();
  private readonly cancelCall = new Map<number, () => void>();
  private readonly pollOf = new Map<number, Mutable<PollRecord>>();
  private readonly heard: ((at: number) => void)[] = [];
  private readonly updates = new Map<string, Mutable<SteeringRecord>>();
  private readonly record: Mutable<WaitRecord> & {
    polls: PollRecord[];
    steering: SteeringRecord[];
    deadlines: { from: number; deadline: number }[];
    failedTasks: string[];
    continuedAt: number[];
  };
  private run: Run | undefined;
  private runOptions: RunOptions | undefined;
  private taskPlanned = false;
  private tasks = 0;
  private updateCount = 0;
  private runs = 0;

  constructor(
    private readonly vm: WorkflowVm,
    private readonly script: WaitScript,
    private readonly around: Surroundings,
  ) {
    this.queue = new VirtualQueue(this.clock, START, script, around);
    this.record = {
      script,
      startedAt: START,
      endedAt: undefined,
      ending: undefined,
      calls: this.queue.calls,
      polls: [],
      steering: [],
      deadlines: [],
      troubles: troublesOf(around),
      longestQueueMs: Math.max(0, ...around.backlog.map(({ queueMs }) => queueMs)),
      failedTasks: [],
      continuedAt: [],
    };
  }

  async play(): Promise<WaitRecord> {
    const { maxWaitMs, polling } = this.script;
    await this.begin(payloads({ taskId: 18215, region: REGION, maxWait: maxWaitMs, polling }));
    for (const act of this.script.acts) this.clock.at(START + act.atMs, () => this.perform(act));
    for (const { atMs, isUnable } of this.around.watch?.reports ?? []) {
      this.clock.at(START + atMs, () => this.signal(WATCH_REPORT_SIGNAL, isUnable ? unable(this.clock.now) : TOLD));
    }
    for (let steps = 0; steps < STEPS_MAX && this.record.ending === undefined; steps++) {
      if (!this.clock.step()) break;
      await this.taskUnderWay;
    }
    // What a call that was given up still does at the API.
    for (let steps = 0; steps < 100 && this.clock.step(); steps++);
    await this.endRun();
    return this.record;
  }

  private taskUnderWay: Promise<void> = Promise.resolve();

  /** A timer runs from when the server hears of it, and fires some milliseconds late. */
  private get timersLateMs(): number {
    return this.around.seed % 3 === 0 ? 0 : 18;
  }

  private get elapsed(): number {
    return this.clock.now - START;
  }

  private async begin(args: readonly Payload[]): Promise<void> {
    await this.endRun();
    const seed = this.around.seed + this.runs;
    this.runs += 1;
    this.tasks = 0;
    this.runOptions = { runId: `run-${seed}`, seed, args };
    this.run = await this.vm.start(this.runOptions, this.clock.now);
    this.planTask();
  }

  /** Another worker, which knows nothing of the run, must come to the same commands. */
  private async endRun(): Promise<void> {
    const { run, runOptions } = this;
    if (!run || !runOptions) return;
    await run.dispose();
    if (this.record.failedTasks.length > 0) return;
    for (const isLate of [false, true]) {
      const difference = await replayDifference(this.vm, runOptions, run, isLate);
      if (difference !== undefined) this.record.failedTasks.push(`not deterministic: ${difference}`);
    }
  }

  /** A worker takes the next workflow task a little later, with all that has happened up to then. */
  private planTask(): void {
    if (this.taskPlanned || this.record.ending) return;
    this.taskPlanned = true;
    const stall = during(this.around.stalled, this.elapsed);
    // Some come together, which is where code that expects one thing at a time goes wrong.
    const isFirst = this.runs === 1 && this.tasks === 0;
    const usual = isFirst ? 0 : (this.around.seed + this.tasks * 7) % 15;
    const delay = stall && !isFirst ? stall.fromMs + stall.forMs - this.elapsed : usual;
    this.clock.after(delay, () => {
      this.taskPlanned = false;
      this.taskUnderWay = this.makeTask();
    });
  }

  private add(job: Job): void {
    this.jobs.push(job);
    this.planTask();
  }

  private async makeTask(): Promise<void> {
    const { run } = this;
    if (!run || this.record.ending) return;
    this.tasks += 1;
    const jobs = this.jobs.splice(0).sort((a, b) => rank(a) - rank(b));
    for (const hear of this.heard.splice(0)) hear(this.elapsed);
    try {
      const commands = await run.activate(jobs, this.clock.now, this.tasks > this.around.continueAfter);
      for (const command of commands) await this.obey(command);
      // Only these move a deadline.
      if (this.tasks === 1 || jobs.some(({ doUpdate, signalWorkflow }) => doUpdate ?? signalWorkflow))
        await this.look();
    } catch (error) {
      this.record.failedTasks.push((error as Error).message);
      this.end({ as: 'other', what: 'a workflow task failed' });
    }
  }

  /** Asks for the deadline in force. */
  private async look(): Promise<void> {
    if (this.record.ending || !this.run || this.tasks === 0) return;
    const state = await this.query();
    if (!state) return;
    const deadline = Date.parse(state.deadline) - START;
    if (this.record.deadlines.at(-1)?.deadline === deadline) return;
    this.record.deadlines.push({ from: this.elapsed, deadline });
    // An update that is refused leaves no trace in history. It comes when the deadline has passed and its timer has not.
    if (this.around.seed % 4 < 2) this.clock.at(START + deadline + 2, () => this.update(1_000));
  }

  private async query(): Promise<RedisTaskWaitState | undefined> {
    const job: Job = { queryWorkflow: { queryId: 'q', queryType: 'getState', arguments: [] } };
    const [answer] = (await this.run?.activate([job], this.clock.now)) ?? [];
    return valueOf(answer?.respondToQuery?.succeeded?.response) as RedisTaskWaitState | undefined;
  }

  private async obey(command: Command): Promise<void> {
    const { startTimer, cancelTimer, scheduleActivity, requestCancelActivity, updateResponse } = command;
    if (startTimer) {
      const seq = startTimer.seq ?? 0;
      const ms = Math.max(1, durationMs(startTimer.startToFireTimeout)) + this.timersLateMs;
      this.timers.set(
        seq,
        this.clock.after(ms, () => this.add({ fireTimer: { seq } })),
      );
    }
    if (cancelTimer) this.timers.get(cancelTimer.seq ?? 0)?.cancel();
    if (scheduleActivity) this.schedule(scheduleActivity);
    if (requestCancelActivity) this.cancelCall.get(requestCancelActivity.seq ?? 0)?.();
    if (updateResponse) this.answerUpdate(updateResponse);
    if (command.continueAsNewWorkflowExecution) {
      this.record.continuedAt.push(this.elapsed);
      for (const timer of this.timers.values()) timer.cancel();
      await this.begin(command.continueAsNewWorkflowExecution.arguments ?? []);
    }
    const ending = endingOf(command);
    if (ending) this.end(ending);
  }

  private schedule(activity: NonNullable<Command['scheduleActivity']>): void {
    const seq = activity.seq ?? 0;
    const isPoll = activity.activityType === 'describeTaskInfo';
    const poll: Mutable<PollRecord> = { at: this.elapsed };
    if (isPoll) {
      this.record.polls.push(poll);
      this.pollOf.set(seq, poll);
    }
    const { run } = this;
    const hear = (job: Job) => {
      // A join may be under way when a run hands over to the next: the server drops its answer.
      if (run !== this.run) return;
      this.add(job);
      const result = job.resolveActivity?.result;
      if (result?.cancelled) poll.givenUpAt = this.elapsed;
      else
        this.heard.push((at) => {
          poll.answeredAt = at;
          poll.gaveTask = result?.completed != null;
        });
    };
    this.cancelCall.set(seq, this.queue.schedule(activity, hear));
  }

  private answerUpdate(response: NonNullable<Command['updateResponse']>): void {
    const steering = this.updates.get(response.protocolInstanceId ?? '');
    if (!steering) return;
    if (response.rejected) steering.refused = response.rejected.message ?? 'refused';
    const state = valueOf(response.completed) as RedisTaskWaitState | undefined;
    if (state) steering.state = state;
  }

  private perform({ act }: Act): void {
    if (this.record.ending) return;
    const steer = (more: Partial<SteeringRecord> = {}): Mutable<SteeringRecord> => {
      const steering: Mutable<SteeringRecord> = { at: this.elapsed, heardAt: undefined, did: act.does, ...more };
      this.record.steering.push(steering);
      this.heard.push((at) => (steering.heardAt = at));
      return steering;
    };
    switch (act.does) {
      case 'extendWait':
        act.totalsMs.forEach((total, index) => {
          const inForce = this.record.deadlines.at(-1)?.deadline ?? this.script.maxWaitMs;
          const totalMs = total < 0 ? inForce : total;
          const send = () => this.update(totalMs, () => steer({ totalMs }));
          if (act.atOnce || index === 0) send();
          else this.clock.after(10 * index, send);
        });
        break;
      case 'pollNow':
        for (let times = 0; times < act.times; times++) this.signal('pollNow');
        steer();
        break;
      case 'joinWait':
        this.signal('joinWait', { maxWait: act.maxWaitMs });
        steer({ totalMs: act.maxWaitMs });
        break;
      case 'cancel':
        this.add({ cancelWorkflow: { reason: 'asked for' } });
        steer();
        break;
      case 'getState':
    }
  }

  private signal(signalName: string, ...args: readonly unknown[]): void {
    if (this.record.ending) return;
    this.add({ signalWorkflow: { signalName, input: payloads(...args), headers: {} } });
  }

  private update(totalMs: number, steer?: () => Mutable<SteeringRecord>): void {
    if (this.record.ending) return;
    const protocolInstanceId = `update-${(this.updateCount += 1)}`;
    if (steer) this.updates.set(protocolInstanceId, steer());
    const input = payloads({ maxWait: Math.max(1_000, totalMs) });
    this.add({
      doUpdate: {
        id: protocolInstanceId,
        protocolInstanceId,
        name: 'extendWait',
        input,
        headers: {},
        runValidator: true,
        meta: { updateId: protocolInstanceId },
      },
    });
  }

  private end(ending: Ending): void {
    this.record.ending = ending;
    this.record.endedAt = this.elapsed;
    for (const [seq, poll] of this.pollOf) {
      if (poll.answeredAt !== undefined || poll.givenUpAt !== undefined) continue;
      poll.givenUpAt = this.elapsed;
      this.cancelCall.get(seq)?.();
    }
  }
}

function rank({ signalWorkflow, doUpdate, cancelWorkflow }: Job): number {
  if (signalWorkflow) return 1;
  if (doUpdate) return 2;
  return cancelWorkflow ? 4 : 3;
}

function endingOf(command: Command): Ending | undefined {
  const { completeWorkflowExecution, failWorkflowExecution, cancelWorkflowExecution } = command;
  if (completeWorkflowExecution) return success(completeWorkflowExecution.result);
  if (cancelWorkflowExecution) return { as: 'cancelled' };
  return failWorkflowExecution?.failure ? failed(failWorkflowExecution.failure) : undefined;
}

function troublesOf({ deserted, killed, stalled }: Surroundings): WaitRecord['troubles'] {
  const named = (spans: readonly Span[], why: string) =>
    spans.map(({ fromMs, forMs }) => ({ from: fromMs, to: fromMs + forMs, why }));
  return [
    ...named(deserted, 'nobody takes calls'),
    ...named(killed, 'who takes a call is killed'),
    ...named(stalled, 'no worker runs the workflow'),
  ];
}
