import { ApplicationFailure, defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { durationMs } from '../../support/histories.js';
import { valueOf } from '../ending.js';
import type { VirtualClock } from '../virtual/clock.js';
import {
  type Command,
  type Job,
  payloads,
  replayDifference,
  type Run,
  type WorkflowVm,
} from '../virtual/workflow-vm.js';
import type { ChangeEnd, ChangeRecord } from './oracle.js';
import { TYPES, type World } from './world.js';

/** What happens to the worker that takes an activity. */
export type WorkerFate = 'lives' | 'killedBefore' | 'killedAfter';

/** One pipeline of a play: what it submits, when, and what becomes of its workers. */
export interface PipelineScript {
  readonly action: 'ClearInstance' | 'ModifyInstanceParams' | 'RestoreInstance';
  readonly startsAtMs: number;
  readonly maxWaitMs: number;
  /** By the number of the activity that is taken; later workers live. */
  readonly fates: readonly WorkerFate[];
  readonly callMs: number;
}

/** What the activities do, from the code that is explored. */
export interface Activities {
  submit(
    question: unknown,
    call: (action: string, params: Record<string, unknown>) => Promise<object>,
  ): Promise<unknown>;
  list(
    question: unknown,
    call: (action: string, params: Record<string, unknown>) => Promise<object>,
  ): Promise<object[]>;
}

type Scheduled = NonNullable<Command['scheduleActivity']>;

/** Plays the workflow `runRedisAction`, and Temporal around it, until it has ended. Children are not played: it only starts. */
export class Pipeline implements ChangeRecord {
  end: ChangeEnd | undefined;
  readonly startsTasks = [1, 1] as const;
  readonly wrong: string[] = [];
  private readonly jobs: Job[] = [];
  private readonly timers = new Map<number, { cancel(): void }>();
  private run: Run | undefined;
  private taken = 0;
  private isPlanned = false;
  underWay: Promise<void> = Promise.resolve();
  private readonly startedAt: number;

  constructor(
    readonly name: string,
    readonly script: PipelineScript,
    private readonly parts: { vm: WorkflowVm; clock: VirtualClock; world: World; activities: Activities; seed: number },
  ) {
    this.startedAt = parts.clock.now + script.startsAtMs;
    parts.clock.at(this.startedAt, () => void (this.underWay = this.begin()));
  }

  get action(): string {
    return this.script.action;
  }

  get typeCode(): string {
    return TYPES[this.script.action] ?? '';
  }

  get maxWaitMs(): number {
    return this.script.maxWaitMs;
  }

  get unclear(): number {
    return this.parts.world.unclear.get(this.name) ?? 0;
  }

  private get options() {
    const { action, maxWaitMs } = this.script;
    const params = { InstanceId: 'crs-a', Remark: this.name };
    const input = { action, region: 'ap-guangzhou', params, waitFor: 'start', maxWait: maxWaitMs };
    return { runId: `run-${this.name}`, seed: this.parts.seed, args: payloads(input), workflowType: 'runRedisAction' };
  }

  private async begin(): Promise<void> {
    this.run = await this.parts.vm.start(this.options, this.parts.clock.now);
    await this.makeTask();
  }

  /** The run once more on another worker: it must do the same. */
  async close(): Promise<void> {
    if (!this.run) return;
    await this.run.dispose();
    for (const isLate of [false, true]) {
      const difference = await replayDifference(this.parts.vm, this.options, this.run, isLate);
      if (difference !== undefined) this.wrong.push(`not deterministic: ${difference}`);
    }
  }

  private hear(job: Job): void {
    if (this.end) return;
    this.jobs.push(job);
    if (this.isPlanned) return;
    this.isPlanned = true;
    this.parts.clock.after(3, () => {
      this.isPlanned = false;
      this.underWay = this.makeTask();
    });
  }

  private async makeTask(): Promise<void> {
    const { clock } = this.parts;
    try {
      for (const command of (await this.run?.activate(this.jobs.splice(0), clock.now)) ?? []) this.obey(command);
    } catch (error) {
      this.wrong.push(`a workflow task failed: ${(error as Error).message}`);
      this.finish('other', undefined);
    }
  }

  private obey(command: Command): void {
    const { startTimer, cancelTimer, scheduleActivity, completeWorkflowExecution, failWorkflowExecution } = command;
    if (startTimer) {
      const seq = startTimer.seq ?? 0;
      const ms = durationMs(startTimer.startToFireTimeout);
      this.timers.set(
        seq,
        this.parts.clock.after(Math.max(1, ms), () => this.hear({ fireTimer: { seq } })),
      );
    }
    if (cancelTimer) this.timers.get(cancelTimer.seq ?? 0)?.cancel();
    if (scheduleActivity) this.attempt(scheduleActivity, 1);
    if (completeWorkflowExecution) this.finish('succeeded', valueOf(completeWorkflowExecution.result));
    const failure = failWorkflowExecution?.failure;
    const { type, details } = failure?.applicationFailureInfo ?? {};
    if (failure) this.finish(type ?? `other: ${failure.message ?? ''}`, valueOf(details?.payloads?.[0]));
  }

  private finish(as: string, value: unknown): void {
    this.end ??= { as, value, atMs: this.parts.clock.now - this.startedAt };
    for (const timer of this.timers.values()) timer.cancel();
  }

  /** One attempt of an activity, by Temporal's rules: a killed worker is noticed at the end of its time. */
  private attempt(activity: Scheduled, attempt: number): void {
    const { clock, world } = this.parts;
    const seq = activity.seq ?? 0;
    const isLast = attempt >= (activity.retryPolicy?.maximumAttempts || Infinity);
    const resolve = (result: NonNullable<NonNullable<Job['resolveActivity']>['result']>) =>
      this.hear({ resolveActivity: { seq, result } });
    const fate = this.script.fates[this.taken] ?? 'lives';
    this.taken += 1;
    const isSubmit = activity.activityType === 'submitRedisAction';
    clock.after(this.script.callMs, () => {
      const dies = (): void => {
        if (isSubmit) world.noteUnclear(this.name);
        clock.after(durationMs(activity.startToCloseTimeout), () => {
          if (!isLast) clock.after(1_000, () => this.attempt(activity, attempt + 1));
          else resolve({ failed: { failure: timedOut(activity.activityType ?? '') } });
        });
      };
      if (fate === 'killedBefore') {
        dies();
        return;
      }
      this.underWay = this.perform(activity).then(
        (value) => {
          if (fate === 'killedAfter') dies();
          else clock.after(this.script.callMs, () => resolve({ completed: { result: payloads(value)[0] ?? null } }));
        },
        (error: unknown) => {
          const failure = defaultFailureConverter.errorToFailure(error, defaultPayloadConverter);
          if (!isLast) clock.after(1_000, () => this.attempt(activity, attempt + 1));
          else resolve({ failed: { failure: failed(activity.activityType ?? '', failure) } });
        },
      );
    });
  }

  private async perform({ activityType, arguments: args }: Scheduled): Promise<unknown> {
    const { activities, world } = this.parts;
    const [question] = (args ?? []).map((each) => valueOf(each));
    const call = (action: string, params: Record<string, unknown>) => {
      const answer = world.call(action, params);
      if ('response' in answer) return Promise.resolve(answer.response);
      return Promise.reject(Object.assign(new Error(answer.code), { code: answer.code }));
    };
    if (activityType === 'submitRedisAction') return activities.submit(question, call);
    try {
      const tasks = (await activities.list(question, call)) as { taskId: number }[];
      if (activityType === 'beginRedisAction') return { tasks: tasks.map(({ taskId }) => taskId) };
      return { tasks, at: new Date(this.parts.clock.now).toISOString() };
    } catch (error) {
      const { code } = error as { code: string };
      const details = [{ code, message: '', requestId: null, at: new Date(this.parts.clock.now).toISOString() }];
      throw ApplicationFailure.create({ type: 'TencentApi.Transient', message: code, details });
    }
  }
}

function timedOut(name: string) {
  const START_TO_CLOSE = 1;
  return failed(name, {
    message: 'activity StartToClose timeout',
    timeoutFailureInfo: { timeoutType: START_TO_CLOSE },
  });
}

function failed(name: string, cause: object) {
  return { message: 'Activity task failed', activityFailureInfo: { activityType: { name }, activityId: '1' }, cause };
}
