import { decodeRedisTaskFailure } from 'temporal-tencent-redis';
import { executeSharedRedisTaskWait } from 'temporal-tencent-redis/nexus';

/** A pipeline of a team that has neither workers of this package nor a key of the account: an endpoint is enough. */
export async function migrate(taskId: number, region: string): Promise<string> {
  try {
    const { status, polls } = await executeSharedRedisTaskWait({ taskId, region }, { endpoint: 'redis-tasks' });
    return `${status} after ${polls} polls`;
  } catch (error) {
    const failure = decodeRedisTaskFailure(error);
    if (!failure) throw error;
    return `${failure.type}: ${failure.details.message ?? ''}`;
  }
}
