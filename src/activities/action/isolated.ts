import { instancesIn, isForIsolated } from '../../contract/action/actions.js';
import type { ActionQuestion } from '../../contract/action/activities.js';
import { describeInstance } from '../../contract/instance/messages.js';
import { isWithdrawn } from '../../contract/instance/standing.js';
import type { CallTime } from '../../tencent/call-time.js';
import { describeInstances } from '../../tencent/describe-instances.js';
import { TencentApiError } from '../../tencent/errors.js';
import type { RedisApi } from '../../tencent/redis-api.js';

/**
 * The API answers the same codes for an instance that a flow holds and for one that is isolated: only for the first is it
 * worth waiting.
 *
 * @returns a sentence that says which instance is isolated or about to be deleted; undefined if none is known to be
 */
export async function isolationOf(
  { action, region, params }: ActionQuestion,
  api: Pick<RedisApi, 'call'>,
  options: CallTime,
): Promise<string | undefined> {
  const instanceIds = instancesIn(params);
  if (instanceIds.length === 0 || isForIsolated(action)) return undefined;
  try {
    const { instances } = await describeInstances(api, { region, instanceIds }, options);
    const withdrawn = instances.find(isWithdrawn);
    return withdrawn && `${withdrawn.instanceId} has ${describeInstance({ ...withdrawn, missingSince: null })}`;
  } catch (error) {
    // Asked again with the next submit.
    if (error instanceof TencentApiError) return undefined;
    throw error;
  }
}
