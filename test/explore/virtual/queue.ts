import { ApplicationFailure, defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { POLL_FAILURE_TYPES, type PollError, type PollErrorClass } from '../../../src/contract/poll-error.js';
import type { RedisTaskObservation } from '../../../src/contract/task/observation.js';
import { durationMs } from '../../support/histories.js';
import type { CallRecord } from '../wait-record.js';
import { FAULTS, type FaultKind, trueStatus, type WaitScript } from '../wait-script.js';
import type { VirtualClock } from './clock.js';
import { during, type Surroundings } from './surroundings.js';
import { type Command, type Job, payloads } from './workflow-vm.js';

type Scheduled = NonNullable<Command['scheduleActivity']>;
type Resolve = (result: NonNullable<NonNullable<Job['resolveActivity']>['result']>) => void;
type Settle = (answer: NonNullable<CallRecord['answer']>, code: string, queuedMs: number, at: number) => void;

const HTTP_TIMEOUT_MS = 10_000;
/** What is left over of a backlog for calls of a higher priority. */
const SHARE = [1, 0.05, 0.4, 1] as const;

/** The task queue of the calls, the workers that take them, and the API, as the contract has them. */
export class VirtualQueue {
  readonly calls: CallRecord[] = [];
  /** When a call was taken last: what the server knows of the queue. */
  private lastTaken = -Infinity;

  constructor(
    private readonly clock: VirtualClock,
    private readonly start: number,
    private readonly script: WaitScript,
    private readonly around: Surroundings,
  ) {}

  private get elapsed(): number {
    return this.clock.now - this.start;
  }

  /** The server's word on whether the queue is served: in a backlog, others are. */
  get isServed(): boolean {
    const served =
      !during(this.around.deserted, this.elapsed) && during(this.around.backlog, this.elapsed) !== undefined;
    return served || this.elapsed - this.lastTaken < 30_000;
  }

  /** Takes a scheduled activity; `done` gets its resolution, which does not come after the returned cancellation. */
  schedule(activity: Scheduled, done: (job: Job) => void): () => void {
    const seq = activity.seq ?? 0;
    let isOver = false;
    const resolve: Resolve = (result) => {
      if (isOver) return;
      isOver = true;
      done({ resolveActivity: { seq, result } });
    };
    if (activity.activityType === 'isRedisTaskQueueServed') {
      this.clock.after(20, () => resolve(completed(this.isServed)));
    } else if (activity.activityType === 'joinRedisTaskWatch') {
      this.join(durationMs(activity.scheduleToCloseTimeout), resolve);
    } else {
      this.attempt(activity, 1, () => isOver, resolve);
    }
    return () => resolve({ cancelled: { failure: { message: 'cancelled', canceledFailureInfo: {} } } });
  }

  private join(limitMs: number, resolve: Resolve): void {
    const { joinMs = 0 } = this.around.watch ?? {};
    const answer = joinMs < limitMs ? completed(null) : { failed: { failure: timeoutFailure() } };
    this.clock.after(Math.min(joinMs, limitMs), () => resolve(answer));
  }

  private attempt(activity: Scheduled, attempt: number, isOver: () => boolean, resolve: Resolve): void {
    const scheduledAt = this.clock.now;
    const priority = activity.priority?.priorityKey ?? 3;
    const queueMs = (during(this.around.backlog, this.elapsed)?.queueMs ?? 0) * (SHARE[priority] ?? 1);
    const again = (ms: number) =>
      this.clock.after(ms, () => {
        if (!isOver()) this.attempt(activity, attempt + 1, isOver, resolve);
      });
    const maximumAttempts = activity.retryPolicy?.maximumAttempts ?? 1;
    const fail = (errorClass: PollErrorClass, code: string) => {
      const isRetryable = errorClass === 'transient' || errorClass === 'throttled';
      if (isRetryable && attempt < maximumAttempts) {
        again(1_000 * 2 ** (attempt - 1));
        return;
      }
      resolve({ failed: { failure: activityFailure(POLL_FAILURE_TYPES[errorClass], this.pollError(code)) } });
    };
    const settle: Settle = (answer, code, queuedMs, at) => {
      if ('errorClass' in answer) fail(answer.errorClass, code);
      else resolve(completed({ ...observationOf(answer.status, this.start + at), queuedMs }));
    };
    const take = () => {
      if (isOver()) return;
      const desert = during(this.around.deserted, this.elapsed);
      if (desert) {
        this.clock.at(this.start + desert.fromMs + desert.forMs, take);
        return;
      }
      this.lastTaken = this.elapsed;
      const queuedMs = this.clock.now - scheduledAt;
      if (during(this.around.killed, this.elapsed)) {
        this.calls.push({ at: this.elapsed, answer: undefined });
        const limit = durationMs(activity.startToCloseTimeout);
        this.clock.after(limit, () => {
          if (isOver()) return;
          if (attempt < maximumAttempts) again(1_000 * 2 ** (attempt - 1));
          else resolve({ failed: { failure: timeoutFailure() } });
        });
        return;
      }
      this.call(queuedMs, isOver, settle);
    };
    this.clock.after(queueMs, take);
  }

  private pollError(code: string): PollError {
    const at = new Date(this.clock.now).toISOString();
    return { code, message: `The API said ${code}`, requestId: null, at };
  }

  private call(queuedMs: number, isOver: () => boolean, settle: Settle): void {
    const fault = during(this.script.faults, this.elapsed)?.kind;
    const status = trueStatus(this.script.task, this.elapsed);
    const at = this.elapsed;
    const answer = answerOf(fault, status);
    this.calls.push({ at, answer: lost.has(fault) ? undefined : answer });
    // Credentials and clock are repaired by a second call right away, which hears the same in these scripts.
    const repaired = fault === 'badToken' || fault === 'noPermission' || fault === 'badClock';
    const { callMs } = this.around;
    if (repaired) this.calls.push({ at: at + callMs, answer, isRepair: true });
    const takes = fault === 'slowAnswer' ? HTTP_TIMEOUT_MS : repaired ? 2 * callMs : callMs;
    this.clock.after(takes, () => {
      if (!isOver()) settle(answer, fault ?? 'InvalidParameter.InvalidParameter', queuedMs, at);
    });
  }
}

/** Faults after which nobody has an answer. */
const lost = new Set<FaultKind | undefined>(['brokenConnection', 'slowAnswer']);

function answerOf(fault: FaultKind | undefined, status: string | undefined): NonNullable<CallRecord['answer']> {
  if (fault) return { errorClass: FAULTS[fault] };
  return status === undefined ? { errorClass: 'unknownTask' } : { status };
}

function observationOf(status: string, at: number): RedisTaskObservation {
  return {
    status,
    taskType: 'redis cache clearing process',
    instanceId: 'crs-09u2u96z',
    startTime: '2018-11-01 17:25:14',
    message: '',
    requestId: '81120ab8-fea0-41ab-af7e-283c0348c4fc',
    at: new Date(at).toISOString(),
  };
}

function completed(value: unknown) {
  return { completed: { result: payloads(value)[0] ?? null } };
}

function activityFailure(type: string, details: unknown) {
  const cause = ApplicationFailure.create({ type, message: 'no task', details: [details] });
  return {
    message: 'Activity task failed',
    activityFailureInfo: { activityType: { name: 'describeTaskInfo' }, activityId: '1' },
    cause: defaultFailureConverter.errorToFailure(cause, defaultPayloadConverter),
  };
}

function timeoutFailure() {
  const START_TO_CLOSE = 1;
  return {
    message: 'Activity task timed out',
    activityFailureInfo: { activityType: { name: 'describeTaskInfo' }, activityId: '1' },
    cause: { message: 'activity StartToClose timeout', timeoutFailureInfo: { timeoutType: START_TO_CLOSE } },
  };
}
