import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { INSTANCE_ID, OUTCOME, REGION, STATUS, type WrittenAttributes } from '../../contract/search-attributes.js';
import type { WaitPlan } from '../../contract/task/input.js';
import type { RedisTaskObservation } from '../../contract/task/observation.js';
import type { WaitEnding } from '../../contract/task/view.js';
import { cut } from '../../contract/text.js';
import type { Polled } from '../wait/poll.js';

/** The longest keyword that a SQL visibility store accepts. */
const KEYWORD_MAX = 255;

/** The search attributes of a wait: each update is an event, and blocks the wait where the namespace does not have them. */
export class WaitSearchAttributes {
  /** By the worker that answered last. */
  private areThere: WrittenAttributes = false;

  constructor(private readonly plan: WaitPlan) {}

  polled({ observation, searchAttributes = this.areThere }: Polled): void {
    this.areThere = searchAttributes;
    if (observation && searchAttributes) this.write(observation);
  }

  ended(ending: WaitEnding): void {
    if (this.areThere !== true) return;
    upsertSearchAttributes([
      { key: REGION, value: this.plan.region },
      { key: OUTCOME, value: ending },
    ]);
  }

  private write(observation: RedisTaskObservation): void {
    const status = cut(observation.status, KEYWORD_MAX);
    const instanceId = cut(observation.instanceId ?? '', KEYWORD_MAX);
    const { typedSearchAttributes: current } = workflowInfo();
    if (current.get(STATUS) === status && (current.get(INSTANCE_ID) ?? '') === instanceId) return;
    upsertSearchAttributes([
      { key: STATUS, value: status },
      { key: REGION, value: this.plan.region },
      ...(instanceId === '' ? [] : [{ key: INSTANCE_ID, value: instanceId }]),
    ]);
  }
}
