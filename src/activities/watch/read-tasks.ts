import pMap from 'p-map';
import { readPages, type SweptList, type TaskPage, UNFINISHED_RESULTS } from '../../contract/watch/sweep.js';
import { describeTaskList } from '../../tencent/describe-task-list.js';
import type { RedisApi } from '../../tencent/redis-api.js';

const PAGE_SIZE = 100;
/** More are never under way: the pace of the calls decides how fast they come. */
const PAGES_AT_ONCE = 12;

/**
 * Reads the list of unfinished tasks, all of it or as much as shows the tasks that are looked for.
 *
 * @throws TencentApiError of the first page that cannot be read
 */
export async function readTasks(
  api: RedisApi,
  region: string,
  lookedFor: Iterable<number>,
  signal: AbortSignal,
): Promise<SweptList & { readonly calls: number; readonly totalCount: number }> {
  const missing = new Set(lookedFor);
  const pages: TaskPage[] = [];
  const read = async (offset: number) => {
    const page = await describeTaskList(
      api,
      { region, offset, limit: PAGE_SIZE, results: UNFINISHED_RESULTS },
      { signal },
    );
    pages.push(page);
    for (const { taskId } of page.tasks) missing.delete(taskId);
    return page;
  };
  const { totalCount } = await read(0);
  let isAtEnd = false;
  const readOn = async (offset: number) => (isAtEnd ||= (await read(offset)).tasks.length === 0);
  // Not all at once, and not beyond the last row: a count may be wrong, and is a number of any size.
  const offsets = function* () {
    for (let offset = PAGE_SIZE; offset < totalCount && missing.size > 0 && !isAtEnd; offset += PAGE_SIZE) yield offset;
  };
  await pMap(offsets(), readOn, { concurrency: PAGES_AT_ONCE });
  const isWhole = pages.length * PAGE_SIZE >= totalCount;
  return { ...readPages(pages, isWhole), calls: pages.length, totalCount };
}
