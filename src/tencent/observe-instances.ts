import { INSTANCES_MAX } from '../contract/instance/input.js';
import type { InstancesAnswer, InstancesQuestion, RedisInstance } from '../contract/instance/instances.js';
import { type CallTime, timeOfOne } from './call-time.js';
import { describeDeal, type ListedDeal } from './describe-deal.js';
import { describeInstances } from './describe-instances.js';
import { TencentApiError } from './errors.js';
import type { RedisApi } from './redis-api.js';

/**
 * Looks at instances and their deal once: two calls as a rule, within the time of one. Where the instances are known, a deal
 * that cannot be read costs nothing but its early failure.
 *
 * @throws TencentApiError
 */
export async function observeInstances(
  api: RedisApi,
  { region, instanceIds, dealName }: InstancesQuestion,
  time: CallTime = {},
): Promise<InstancesAnswer> {
  const options = timeOfOne(time);
  const readDeal = (name: string) => describeDeal(api, { region, dealName: name }, options);

  const first = instanceIds.length === 0 && dealName !== undefined ? await readDeal(dealName) : undefined;
  const asked = first?.deal?.instanceIds ?? instanceIds;
  let requestId = first?.requestId ?? null;
  const instances: RedisInstance[] = [];
  for (let index = 0; index < asked.length; index += INSTANCES_MAX) {
    const page = asked.slice(index, index + INSTANCES_MAX);
    const listed = await describeInstances(api, { region, instanceIds: page }, options());
    instances.push(...listed.instances);
    ({ requestId } = listed);
  }
  const told: ToldDeal = first ?? (dealName === undefined ? {} : await readDeal(dealName).catch(noted));
  const { deal = null, dealError = null } = told;
  return { asked, instances, deal, dealError, requestId, at: new Date().toISOString() };
}

/** A deal as far as it could be read. */
type ToldDeal = Partial<ListedDeal> & { readonly dealError?: string };

function noted(error: unknown): ToldDeal {
  if (error instanceof TencentApiError) return { dealError: error.code };
  throw error;
}
