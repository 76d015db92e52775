import { trace } from '@opentelemetry/api';
import type { RedisTaskObservation } from '../contract/task/observation.js';
import type { CallTime } from './call-time.js';
import { transientError } from './errors.js';
import { textField } from './json.js';
import type { RedisApi } from './redis-api.js';

/**
 * Calls `DescribeTaskInfo` and returns the task as the API describes it, whatever its status.
 *
 * @throws TencentApiError
 * @see https://www.tencentcloud.com/document/product/239/32064
 */
export async function describeTaskInfo(
  api: RedisApi,
  task: { readonly taskId: number; readonly region: string },
  options: CallTime = {},
): Promise<RedisTaskObservation> {
  const params = { TaskId: task.taskId };
  // The activity's, where it is traced: somebody who looks for a task finds its traces by these.
  const span = trace.getActiveSpan();
  span?.setAttributes({ 'redis_task.id': task.taskId, 'redis_task.region': task.region });
  const response = await api.call({ action: 'DescribeTaskInfo', region: task.region, params, ...options });
  const text = (name: string): string | null => textField(response, name);
  const status = text('Status');
  const requestId = text('RequestId');
  if (status === null) {
    const fields = Object.keys(response).join(', ').slice(0, 200);
    const message = `The API answered without a Status; it sent: ${fields || 'nothing'}`;
    throw transientError('InvalidResponse', message, requestId);
  }
  const instanceId = text('InstanceId');
  span?.setAttributes({ 'redis_task.status': status, 'redis_task.instance_id': instanceId ?? '' });
  return {
    status,
    taskType: text('TaskType'),
    instanceId,
    startTime: text('StartTime'),
    message: text('TaskMessage'),
    requestId,
    at: new Date().toISOString(),
  };
}
