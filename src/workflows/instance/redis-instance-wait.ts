import { log } from '@temporalio/workflow';
import type { RedisInstanceFailure } from '../../contract/instance/failures.js';
import type { InstancePlan } from '../../contract/instance/input.js';
import { type InstancesSeen, readInstancesAnswer, seenAfter } from '../../contract/instance/instances.js';
import {
  INSTANCE_WAIT_BEGAN,
  INSTANCE_WAIT_ENDED,
  instanceLogFacts,
  instanceSubject,
} from '../../contract/instance/messages.js';
import {
  instanceOutcomeOf,
  instancesAnswered,
  type InstanceWaitState,
  questionOf,
  type RedisInstanceResult,
} from '../../contract/instance/outcome.js';
import {
  CHANGE_GOES_ON,
  instancePauseSummary,
  instancePollSummary,
  type InstanceWaitEnding,
} from '../../contract/instance/view.js';
import type { CallLimits } from '../../contract/wait/call-limits.js';
import { failingWarning } from '../../contract/wait/messages.js';
import { hasFailedForLong } from '../../contract/wait/polls.js';
import { waitedMs } from '../../contract/wait/state.js';
import { pollBy, type Polled } from '../wait/poll.js';
import { PolledWait, type WaitHost } from '../wait/polled-wait.js';
import { countInstanceWait } from './metrics.js';

/** One wait for instances. */
export class RedisInstanceWait extends PolledWait<InstancesSeen, RedisInstanceResult, RedisInstanceFailure> {
  constructor(
    private readonly plan: InstancePlan,
    state: InstanceWaitState,
    host: WaitHost<InstancesSeen, InstanceWaitEnding>,
  ) {
    super(plan, state, host);
  }

  protected override get subject(): string {
    return instanceSubject(this.plan);
  }

  override ask(limits: CallLimits): Promise<Polled<InstancesSeen>> {
    const { plan, state, apiQueue } = this;
    return pollBy(
      { apiQueue, limits, summary: instancePollSummary(plan, state, limits.isLast) },
      ({ describeRedisInstances }) => describeRedisInstances(questionOf(plan, state)),
      (told) => {
        const answer = readInstancesAnswer(told, new Date().toISOString());
        return answer && seenAfter(this.state.observation, answer, Date.now());
      },
    );
  }

  protected override answered(answer: Polled<InstancesSeen>, askedAt: number): InstanceWaitState {
    return instancesAnswered(this.state, answer, Date.now(), askedAt);
  }

  protected override outcomeOf(answer: Polled<InstancesSeen>, beganAt: number) {
    return instanceOutcomeOf(this.plan, this.state, answer, beganAt, Date.now());
  }

  protected override pauseSummary(dueAt: number, now: number): string {
    return instancePauseSummary(this.plan, this.state, dueAt, now);
  }

  protected override facts() {
    return instanceLogFacts(this.plan, this.state);
  }

  protected override began(): void {
    log.info(INSTANCE_WAIT_BEGAN, this.facts());
  }

  protected override ended(ending: InstanceWaitEnding): void {
    countInstanceWait(ending);
    const { polls } = this.state;
    const facts = { ...this.facts(), ending, polls, waitedMs: waitedMs(this.state, Date.now()) };
    log.info(ending === 'cancelled' ? CHANGE_GOES_ON : INSTANCE_WAIT_ENDED, facts);
  }

  protected override paused(state: InstanceWaitState): InstanceWaitState {
    return state;
  }

  protected override dueWarnings(): ReadonlyMap<string, string> {
    const { state } = this;
    const now = Date.now();
    const isDue = hasFailedForLong(state, now) && !state.warned.includes('failing');
    return new Map(isDue ? [['failing', failingWarning(this.subject, state, now)]] : []);
  }
}
