import type { ApiResponse } from '../../src/tencent/api.js';
import type { CredentialProvider } from '../../src/tencent/credentials/provider.js';
import { TencentApiError } from '../../src/tencent/errors.js';
import { createRedisApi } from '../../src/tencent/redis-api.js';
import { type RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../support/simulator.js';

export const TASK_ID = 18215;

/** A provider that counts how often it was asked, and answers with the next of its keys; the last one stays. */
export function keys(...credentials: { secretId: string; secretKey: string; token?: string }[]) {
  const refreshes: boolean[] = [];
  const provider: CredentialProvider = {
    getCredential(options) {
      const credential = credentials[Math.min(refreshes.length, credentials.length - 1)] ?? SIMULATOR_CREDENTIAL;
      refreshes.push(options?.refresh ?? false);
      return Promise.resolve(credential);
    },
  };
  return { provider, refreshes };
}

/** One call of a fresh API, whose connections are closed after it. */
export async function callOnce(
  simulator: RedisApiSimulator,
  {
    credentials = keys(SIMULATOR_CREDENTIAL).provider,
    signal,
  }: { credentials?: CredentialProvider; signal?: AbortSignal } = {},
): Promise<ApiResponse> {
  const api = createRedisApi({ credentials, endpoint: new URL(simulator.url) });
  try {
    return await api.call({ action: 'DescribeTaskInfo', region: 'ap-guangzhou', params: { TaskId: TASK_ID }, signal });
  } finally {
    api.close();
  }
}

/** The error of a call that must fail. */
export async function errorOf(call: Promise<unknown>): Promise<TencentApiError> {
  const error: unknown = await call.then(
    () => new Error('The call succeeded'),
    (each: unknown) => each,
  );
  if (error instanceof TencentApiError) return error;
  throw error;
}
