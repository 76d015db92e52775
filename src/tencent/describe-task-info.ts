import type { RedisTaskObservation } from '../contract/task.js';
import { transientError } from './errors.js';
import { textField } from './json.js';
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
  const text = (name: string): string | null => textField(response, name);
  const status = text('Status');
  const requestId = text('RequestId');
  if (status === null) {
    const fields = Object.keys(response).join(', ').slice(0, 200);
    const message = `The API answered without a Status; it sent: ${fields || 'nothing'}`;
    throw transientError('InvalidResponse', message, requestId);
  }
  return {
    status,
    taskType: text('TaskType'),
    instanceId: text('InstanceId'),
    startTime: text('StartTime'),
    message: text('TaskMessage'),
    requestId,
    at: new Date().toISOString(),
  };
}
