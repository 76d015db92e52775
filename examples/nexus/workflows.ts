import { decodeRedisTaskFailure } from 'temporal-tencent-redis';
import { executeSharedRedisTaskWait } from 'temporal-tencent-redis/nexus';

/** The pipeline of a team that has no worker of this package and no key of the account. It needs only an endpoint. */
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
