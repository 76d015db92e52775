import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { INSTANCE_ID, REGION, STATUS } from '../../contract/search-attributes.js';
import type { WaitPlan } from '../../contract/task/input.js';
import { cut } from '../../contract/text.js';
import type { Polled } from '../wait/poll.js';

/** The longest keyword that a SQL visibility store accepts. */
const KEYWORD_MAX = 255;

/** Updates the search attributes, if the namespace has them and a value changed: each update is an event. */
export function upsertSearchAttributesOf(plan: WaitPlan, { observation, searchAttributes }: Polled): void {
  if (!observation || !searchAttributes) return;
  const status = cut(observation.status, KEYWORD_MAX);
  const instanceId = cut(observation.instanceId ?? '', KEYWORD_MAX);
  const { typedSearchAttributes: current } = workflowInfo();
  if (current.get(STATUS) === status && (current.get(INSTANCE_ID) ?? '') === instanceId) return;
  upsertSearchAttributes([
    { key: STATUS, value: status },
    { key: REGION, value: plan.region },
    ...(instanceId === '' ? [] : [{ key: INSTANCE_ID, value: instanceId }]),
  ]);
}
