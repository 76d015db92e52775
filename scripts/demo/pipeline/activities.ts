import { ApplicationFailure, log } from '@temporalio/activity';
import { createRedisApi, defaultCredentials, TencentApiError } from 'temporal-tencent-redis/activities';

export type PipelineActivities = ReturnType<typeof createPipelineActivities>;

/** Creates the pipeline's own activities. `endpoint` is the API's base URL, by default the public one. */
export function createPipelineActivities(endpoint?: string) {
  const api = createRedisApi({ credentials: defaultCredentials(), ...(endpoint && { endpoint: new URL(endpoint) }) });
  return {
    /** Submits `ClearInstance` and returns the id of its task. Clearing twice is harmless, so Temporal may retry it. */
    async clearInstance({ instanceId, region }: { instanceId: string; region: string }): Promise<number> {
      try {
        const { TaskId } = await api.call({ action: 'ClearInstance', region, params: { InstanceId: instanceId } });
        return Number(TaskId);
      } catch (error) {
        if (!(error instanceof TencentApiError)) throw error;
        const nonRetryable = error.errorClass === 'rejected' || error.errorClass === 'unauthorized';
        throw ApplicationFailure.create({ type: error.code, message: error.message, nonRetryable });
      }
    },

    /** Alerts a person. Call your pager here. */
    async alert(message: string): Promise<void> {
      log.warn(message);
      await Promise.resolve();
    },
  };
}
