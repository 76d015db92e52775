import {
  ApplicationFailure,
  condition,
  defineUpdate,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from './activities.js';

const DECISIONS = ['go on', 'roll back', 'stop'] as const;

export type Decision = (typeof DECISIONS)[number];

/** Answers a pipeline that has asked what to do. */
export const decide = defineUpdate<Decision, [Decision]>('decide');

const { alert } = proxyActivities<Activities>({ startToCloseTimeout: '30s', scheduleToCloseTimeout: '10m' });

/** Alerts a person. A pager that is down must not stop a rollback. */
export async function tell(message: string): Promise<void> {
  try {
    await alert(`${message} Workflow: ${workflowInfo().workflowId}.`);
  } catch (error) {
    log.error('Nobody could be alerted', { message, error });
  }
}

/** The one who decides when the pipeline cannot. */
export class Person {
  private question: { answer?: Decision } | undefined;

  constructor(private readonly isCancelled: () => boolean) {
    const validator = (answer: Decision) => {
      if (!this.question) throw ApplicationFailure.nonRetryable('Nothing has to be decided', 'NothingAsked');
      if (!DECISIONS.includes(answer)) {
        throw ApplicationFailure.nonRetryable(`Decide one of: ${DECISIONS.join(', ')}`, 'UnknownDecision');
      }
    };
    setHandler(
      decide,
      (answer) => {
        if (this.question) this.question.answer = answer;
        return answer;
      },
      { validator },
    );
  }

  /**
   * Alerts a person and waits for the answer, for days if need be. Cancelling the pipeline meanwhile means `stop`.
   *
   * @throws `error` when the answer is to roll back, a failure of the type `Stopped` when it is to stop
   */
  async mayGoOn(problem: string, error: unknown): Promise<void> {
    const command = `temporal workflow update execute --workflow-id ${workflowInfo().workflowId} --name decide --input`;
    const choices = DECISIONS.map((each) => `\n    ${command} '"${each}"'`).join('');
    setCurrentDetails(`${problem}\n\nA person has to decide:\n${choices}`);
    const cancelledBefore = this.isCancelled();
    const question: { answer?: Decision } = {};
    this.question = question;
    await tell(
      `${problem} Look at the instance, then decide: ${DECISIONS.join(', ')} (the command is in Temporal UI).`,
    );
    await condition(() => question.answer !== undefined || this.isCancelled() !== cancelledBefore);
    this.question = undefined;
    if (question.answer === 'go on') return;
    if (question.answer === 'roll back') throw error;
    throw ApplicationFailure.nonRetryable(`Stopped by a person: ${problem}`, 'Stopped');
  }
}
