import { ApplicationFailure } from '@temporalio/common';
import { type RedisApi, TencentApiError, type TencentErrorClass } from 'temporal-tencent-redis/activities';

/** The instance that a pipeline changes. */
export interface Instance {
  readonly instanceId: string;
  readonly region: string;
}

/** Another attempt would be refused as well. `unknownTask` includes `ResourceNotFound`: there is no such instance. */
const FINAL_CLASSES: readonly TencentErrorClass[] = ['rejected', 'unauthorized', 'unknownTask'];

/** Final too, although other codes of their kind pass: an instance that another change holds is free again some time. */
const FINAL_CODES = [
  'FailedOperation.PayFailed',
  'ResourceUnavailable.AccountBalanceNotEnough',
  'ResourceUnavailable.SaleOut',
];

/** Makes one call about an instance. A refusal that another attempt cannot change is not retried. */
export async function call(
  api: RedisApi,
  { instanceId, region }: Instance,
  action: string,
  params: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await api.call({ action, region, params });
  } catch (error) {
    if (!(error instanceof TencentApiError)) throw error;
    const { code, message, errorClass, requestId } = error;
    throw ApplicationFailure.create({
      type: code,
      message: `${action} of ${instanceId} was refused with ${code}: ${message} (RequestId ${requestId ?? 'unknown'})`,
      nonRetryable: FINAL_CLASSES.includes(errorClass) || FINAL_CODES.includes(code),
    });
  }
}
