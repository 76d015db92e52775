import type { PollError, PollErrorClass } from '../../../src/contract/poll-error.js';
import { type AwaitRedisTaskInput, readInput, type WaitPlan } from '../../../src/contract/task/input.js';
import type { RedisTaskObservation } from '../../../src/contract/task/observation.js';
import { outcomeOf } from '../../../src/contract/task/outcome.js';
import type { TaskOutcome } from '../../../src/contract/task/outcome.js';
import type { TaskWaitState } from '../../../src/contract/task/state.js';
import { type TaskAnswer, pollAnswered } from '../../../src/contract/task/state.js';
import { callLimits, type CallLimits } from '../../../src/contract/wait/call-limits.js';
import { nextPollAt, pauseAfterPoll, pollBegan } from '../../../src/contract/wait/polls.js';
import { beginWait } from '../../../src/contract/wait/state.js';

export const START = Date.parse('2026-11-22T10:00:00Z');

/** A plan without jitter, so that every time in a test can be written down. */
export function planOf(input: Partial<AwaitRedisTaskInput> = {}): WaitPlan {
  const polling = { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '8s', jitter: 0, ...input.polling };
  return readInput({ taskId: 18215, region: 'ap-guangzhou', maxWait: '10m', ...input, polling });
}

export function seen(status: string, more: Partial<RedisTaskObservation> = {}): TaskAnswer {
  return {
    observation: {
      status,
      taskType: 'redis cache clearing process',
      instanceId: 'crs-09u2u96z',
      startTime: '2018-11-01 17:25:14',
      message: '',
      requestId: '81120ab8-0001',
      at: new Date(START).toISOString(),
      ...more,
    },
  };
}

export function refused(errorClass: PollErrorClass, more: Partial<PollError> = {}): TaskAnswer {
  return {
    errorClass,
    error: {
      code: 'InvalidParameter.InvalidParameter',
      message: 'The business parameter is not valid.',
      requestId: '81120ab8-0002',
      at: new Date(START).toISOString(),
      ...more,
    },
  };
}

/** A wait under a clock of its own: the transitions in the order in which the workflow makes them. */
export class PlayedWait {
  state: TaskWaitState;
  now = START;
  outcome: TaskOutcome | undefined;
  /** When the polls began, in seconds since the start. */
  readonly pollsAt: number[] = [];
  readonly limits: CallLimits[] = [];

  constructor(
    readonly plan: WaitPlan,
    private readonly answer: (elapsedS: number) => TaskAnswer,
    private readonly callMs = 0,
  ) {
    this.state = beginWait(plan, START);
  }

  get elapsedS(): number {
    return (this.now - START) / 1_000;
  }

  /** Lets the clock run to the next poll, and makes it. */
  poll(during: () => void = () => undefined): this {
    this.begin();
    during();
    return this.end();
  }

  begin(): void {
    const dueAt = nextPollAt(this.state);
    if (dueAt === null) throw new Error('No poll is planned');
    this.now = Math.max(this.now, dueAt);
    this.pollsAt.push(this.elapsedS);
    this.limits.push(callLimits(this.state, this.now));
    this.state = pollBegan(this.state);
  }

  end(): this {
    const beganAt = START + (this.pollsAt.at(-1) ?? NaN) * 1_000;
    const answer = this.answer((beganAt - START) / 1_000);
    this.now += this.callMs;
    this.state = pollAnswered(this.state, answer, this.now);
    this.outcome = outcomeOf(this.plan, this.state, answer, beganAt, this.now);
    if (!this.outcome) this.state = pauseAfterPoll(this.plan, this.state, this.now, 0.5);
    return this;
  }

  /** Polls until the wait is over. */
  toEnd(): TaskOutcome {
    for (let polls = 0; polls < 10_000; polls += 1) {
      this.poll();
      if (this.outcome) return this.outcome;
    }
    throw new Error('The wait does not end');
  }
}
