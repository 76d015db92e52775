import type { Logger } from '@temporalio/worker';
import pRetry from 'p-retry';
import type { RedisActivitiesOptions } from '../activities/index.js';
import { ConfigError } from '../tencent/config-error.js';
import { loadKey } from '../tencent/credentials/provider.js';
import { TencentApiError } from '../tencent/errors.js';

/** The credentials of the calls, and the listener for refusals. */
export type ApiAccessOptions = Required<Pick<RedisActivitiesOptions, 'credentials' | 'onAccessChange'>>;

/** Fails when there are no credentials. If their source is only unavailable, reports that and retries. */
export async function requireCredentials(
  { credentials, onAccessChange }: ApiAccessOptions,
  stop: AbortSignal,
): Promise<void> {
  try {
    await loadKey(credentials, false);
  } catch (error) {
    const isFinal = !(error instanceof TencentApiError) || ['unauthorized', 'rejected'].includes(error.errorClass);
    if (isFinal) throw new ConfigError((error as Error).message);
    onAccessChange(error);
    const again = { retries: Infinity, minTimeout: 1_000, maxTimeout: 10_000, unref: true, signal: stop };
    pRetry(() => loadKey(credentials, false), again).then(
      () => onAccessChange(undefined),
      () => undefined,
    );
  }
}

export function logAccess(refusal: TencentApiError | undefined, log: Logger): void {
  if (!refusal) {
    log.info('There is access to the API again: ready, at the whole rate');
    return;
  }
  const { code, message, requestId } = refusal;
  log.error(
    'No access to the API: not ready, and a tenth of the rate, until a call is accepted. ' +
      "Repair this worker's key, its permission redis:DescribeTaskInfo, or its source of credentials",
    { code, reason: message, requestId },
  );
}
