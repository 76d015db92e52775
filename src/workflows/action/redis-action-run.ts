import { log, metricMeter, setCurrentDetails } from '@temporalio/workflow';
import type { Started } from '../../contract/action/answer.js';
import type { ActionPlan } from '../../contract/action/input.js';
import { actionSubject } from '../../contract/action/messages.js';
import {
  afterBaseline,
  afterLook,
  afterPause,
  afterSubmit,
  isTaskOfDealWanted,
  LOOK_EVERY_MS,
  LOOK_FOR_MS,
  type NextStep,
  taskOfDeal,
} from '../../contract/action/next-step.js';
import { type AcceptedAction, endOf } from '../../contract/action/outcome.js';
import { type ActionState, submitBegan, submitEnded, type Submitted } from '../../contract/action/state.js';
import { type ActionProgress, actionMarkdownOf, type RedisActionStage } from '../../contract/action/view.js';
import { formatDuration } from '../../contract/duration.js';
import { toApplicationFailure } from '../../contract/failure.js';
import { METRICS, record } from '../../contract/metrics.js';
import type { PollAnswer } from '../../contract/wait/polls.js';
import { PollUnderWay } from '../wait/poll.js';
import { WaitClock } from '../wait/wait-clock.js';
import { begin, look, submit } from './calls.js';

/** How long after the deadline an answer is waited for that may be on its way. */
const LAST_ANSWER_MS = 1_000;

/** One change, until the API has accepted it: what to do next is decided in `contract/action/next-step.ts`. */
export class RedisActionRun {
  readonly clock = new WaitClock(this);
  /** For people, and for the query. */
  progress: ActionProgress = { stage: 'reading', dueAt: null, started: undefined };
  private accepted: Extract<Submitted, { readonly class: 'accepted' }> | undefined;

  /** @param betweenSteps - where the run can continue as new */
  constructor(
    private readonly plan: ActionPlan,
    public state: ActionState,
    private readonly apiQueue: string,
    private readonly betweenSteps: () => Promise<void>,
  ) {}

  /** @throws ApplicationFailure of the contract, or a CancelledFailure */
  async untilAccepted(): Promise<AcceptedAction> {
    for (let next = afterPause(this.state); ;) {
      switch (next.do) {
        case 'begin':
          next = await this.begin();
          break;
        case 'submit':
          next = await this.submit();
          break;
        case 'look':
          next = await this.look();
          break;
        case 'pause':
          await this.pause(next.ms);
          await this.betweenSteps();
          next = afterPause(this.state);
          break;
        case 'fail':
          throw toApplicationFailure(endOf(next.type, this.plan, this.state, Date.now()));
        case 'goOn': {
          const { requestId = null, response = null } = this.accepted ?? {};
          return this.withTaskOfDeal({ started: next.started, requestId, response });
        }
      }
    }
  }

  private async begin(): Promise<NextStep> {
    this.show('reading');
    const answer = await this.byDeadline(() => begin(this.plan, this.state, this.apiQueue));
    return this.become(afterBaseline(this.state, answer, Date.now()));
  }

  private async submit(): Promise<NextStep> {
    this.state = submitBegan(this.state, Date.now());
    this.show('submitting');
    const submitted = await this.clock.answerOf(submit(this.plan, this.state, this.apiQueue));
    this.state = submitEnded(this.state, submitted);
    record(metricMeter, METRICS.submits, 1, { outcome: submitted.class });
    const { class: outcome } = submitted;
    log.info(`A submit of ${actionSubject(this.plan)} has ended as ${outcome}`, { submits: this.state.submits });
    if (submitted.class === 'accepted') this.accepted = submitted;
    return afterSubmit(this.plan, this.state, submitted, Date.now());
  }

  private async look(): Promise<NextStep> {
    this.show('looking');
    const askedAt = Date.now();
    const { observation: listed } = await this.clock.answerOf(look(this.plan, this.state, this.apiQueue));
    return this.become(afterLook(this.plan, this.state, listed ?? null, { askedAt, now: Date.now() }));
  }

  /** An order says too little of the change itself: its task says more, where the list shows it soon. */
  private async withTaskOfDeal(accepted: AcceptedAction): Promise<AcceptedAction> {
    const { started } = accepted;
    if (!isTaskOfDealWanted(this.plan) || started.taskIds.length > 0) return accepted;
    this.show('waiting', started);
    for (let waitedMs = 0; waitedMs < LOOK_FOR_MS && !this.clock.isPastDeadline; waitedMs += LOOK_EVERY_MS) {
      const askedAt = Date.now();
      const answer = await this.byDeadline(() => look(this.plan, this.state, this.apiQueue));
      const listed = answer?.observation;
      const taskIds = listed && taskOfDeal(this.plan, this.state, listed, { askedAt, now: Date.now() });
      if (taskIds) return { ...accepted, started: { ...started, taskIds } };
      await this.pause(LOOK_EVERY_MS, () => this.clock.isPastDeadline);
    }
    return accepted;
  }

  /** What a read answers; undefined if it has not at the deadline. */
  private async byDeadline<O>(read: () => Promise<PollAnswer<O>>): Promise<PollAnswer<O> | undefined> {
    const poll = new PollUnderWay<O>(read);
    await this.clock.until(() => poll.isOver || this.clock.isPastDeadline);
    // A queue that nobody serves is told by then.
    if (!poll.isOver) await this.clock.until(() => poll.isOver, LAST_ANSWER_MS, { summary: 'maxWait has passed' });
    return poll.answer ?? poll.giveUp();
  }

  private async pause(ms: number, isOver = () => false): Promise<void> {
    const { lastClass } = this.state;
    const summary = `${lastClass ?? 'not submitted yet'} · goes on in ${formatDuration(ms)}`;
    if (this.progress.started === undefined) this.show('pausing', undefined, Date.now() + ms);
    await this.clock.until(isOver, ms, { summary });
  }

  private become({ state, next }: { readonly state: ActionState; readonly next: NextStep }): NextStep {
    this.state = state;
    return next;
  }

  show(stage: RedisActionStage, started?: Started, dueAt: number | null = null): void {
    this.progress = { stage, dueAt, started };
    setCurrentDetails(actionMarkdownOf(this.plan, this.state, this.progress));
  }
}
