import type { CallTime } from './call-time.js';
import { transientError } from './errors.js';
import { integerField, textField } from './json.js';
import type { RedisApi, RedisApiCall } from './redis-api.js';

/** The most rows that one call tells. */
const MAX_LIMIT = 100;

/** One page of the list of tasks. */
export interface TaskListPage {
  /** How many tasks all pages have. */
  readonly totalCount: number;
  readonly tasks: readonly ListedRedisTask[];
  /** Rows without a usable task id. */
  readonly unreadable: number;
}

/** A row of the list. */
export interface ListedRedisTask {
  readonly taskId: number;
  /** 0 preparing, 1 running, 2 succeeded, 4 failed; null if it is no number. */
  readonly result: number | null;
}

/**
 * Calls `DescribeTaskList` and returns a page of the tasks of a region.
 *
 * @throws TencentApiError
 * @see https://www.tencentcloud.com/document/product/239/33293
 */
export async function describeTaskList(
  api: RedisApi,
  page: {
    readonly region: string;
    /** A multiple of `limit`: the API rounds it down to one. */
    readonly offset: number;
    /** @default 100, the most */
    readonly limit?: number;
    /** Only tasks with one of these. */
    readonly results: readonly number[];
  },
  options: CallTime = {},
): Promise<TaskListPage> {
  const { region, offset, limit = MAX_LIMIT, results } = page;
  const params = { Limit: limit, Offset: offset, Result: results };
  const { totalCount, rows } = await readTaskList(api, region, params, options);
  const tasks = rows.flatMap((row) => {
    const taskId = wholeNumber(row, 'TaskId');
    return taskId ? [{ taskId, result: wholeNumber(row, 'Result') }] : [];
  });
  return { totalCount, tasks, unreadable: rows.length - tasks.length };
}

/** The rows of a page, whatever is asked for. @throws TencentApiError */
export async function readTaskList(
  api: Pick<RedisApi, 'call'>,
  region: string,
  params: RedisApiCall['params'],
  options: CallTime = {},
): Promise<{ readonly totalCount: number; readonly rows: readonly unknown[] }> {
  const response = await api.call({ action: 'DescribeTaskList', region, params, ...options });
  const totalCount = wholeNumber(response, 'TotalCount');
  // Fields of this answer were nullable once: no tasks may be told by null.
  const rows = totalCount === 0 ? (response['Tasks'] ?? []) : response['Tasks'];
  if (totalCount === null || !Array.isArray(rows)) {
    const fields = Object.keys(response).join(', ').slice(0, 200);
    const message = `The API answered without ${totalCount === null ? 'a TotalCount' : 'Tasks'}; it sent: ${fields || 'nothing'}`;
    throw transientError('InvalidResponse', message, textField(response, 'RequestId'));
  }
  return { totalCount, rows: rows as unknown[] };
}

/** An integer from 0 on. */
function wholeNumber(value: unknown, name: string): number | null {
  const number = integerField(value, name);
  return number !== null && number >= 0 ? number : null;
}
