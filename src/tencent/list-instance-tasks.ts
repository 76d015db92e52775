import type { ListedTask } from '../contract/action/state.js';
import type { CallTime } from './call-time.js';
import { readTaskList } from './describe-task-list.js';
import { integerField, textField } from './json.js';
import type { RedisApi } from './redis-api.js';

const PAGE = 100;
/** The list has the tasks of 30 days. */
const PAGES_MAX = 10;

/**
 * Lists the tasks of an instance, whatever became of them: the newest thousand at most. Not filtered by result, since rows
 * that leave a filtered list shift the others between two pages.
 *
 * @throws TencentApiError
 */
export async function listInstanceTasks(
  api: Pick<RedisApi, 'call'>,
  { region, instanceId }: { readonly region: string; readonly instanceId: string },
  options: () => CallTime = () => ({}),
): Promise<ListedTask[]> {
  const tasks = new Map<number, ListedTask>();
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const params = { InstanceId: instanceId, Limit: PAGE, Offset: page * PAGE };
    const { totalCount, rows } = await readTaskList(api, region, params, options());
    for (const row of rows) {
      const taskId = integerField(row, 'TaskId');
      if (taskId === null || taskId <= 0) continue;
      // A filter that is not applied would tell of others.
      const of = textField(row, 'InstanceId') ?? instanceId;
      if (of !== instanceId) continue;
      const [taskType, startTime] = [textField(row, 'TaskType'), textField(row, 'StartTime')];
      tasks.set(taskId, { taskId, taskType, instanceId, startTime });
    }
    if ((page + 1) * PAGE >= totalCount) break;
  }
  return [...tasks.values()];
}
