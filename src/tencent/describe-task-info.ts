import type { RedisTaskObservation } from '../contract/task.js';
import { type ApiResponse, requestIdOf } from './api.js';
import { TencentApiError } from './errors.js';
import type { RedisApi, RedisApiCall } from './redis-api.js';

/**
 * Calls `DescribeTaskInfo` and returns the task as the API describes it, whatever its status.
 *
 * @throws TencentApiError
 * @see https://www.tencentcloud.com/document/product/239/33293
 */
export async function describeTaskInfo(
  api: RedisApi,
  task: { readonly taskId: number; readonly region: string },
  options: Pick<RedisApiCall, 'signal' | 'timeoutMs'> = {},
): Promise<RedisTaskObservation> {
  const params = { TaskId: task.taskId };
  const response = await api.call({ action: 'DescribeTaskInfo', region: task.region, params, ...options });
  const status = response['Status'];
  const requestId = requestIdOf(response);
  if (typeof status !== 'string') {
    const fields = Object.keys(response).join(', ').slice(0, 200);
    const message = `The API answered without a Status; it sent: ${fields || 'nothing'}`;
    throw new TencentApiError('InvalidResponse', message, 'transient', requestId);
  }
  return {
    status,
    taskType: textField(response, 'TaskType'),
    instanceId: textField(response, 'InstanceId'),
    startTime: textField(response, 'StartTime'),
    message: textField(response, 'TaskMessage'),
    requestId,
    at: new Date().toISOString(),
  };
}

/** A field that other than `Status` nothing depends on: shown when it is text, otherwise not. */
function textField(response: ApiResponse, name: string): string | null {
  const value = response[name];
  return typeof value === 'string' ? value : null;
}
