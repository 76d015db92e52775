import type { StruckList } from './faults.js';
import { type PlayedTask, stepThen, stoodSince } from './played-task.js';

/** What `DescribeTaskList` is asked for. Absent filters let everything pass. */
export interface ListQuery {
  readonly region: string;
  readonly limit: number;
  readonly offset: number;
  /** All must be the task's. */
  readonly instanceIds: readonly string[];
  readonly taskTypes?: readonly string[] | undefined;
  /** Of the start time, as the API writes it. */
  readonly beginTime?: string | undefined;
  readonly endTime?: string | undefined;
  readonly results?: readonly number[] | undefined;
}

/** A row of the list. */
export interface ListedTask extends Pick<PlayedTask, 'taskId' | 'facts'> {
  readonly typeCode: string;
  readonly result: number;
  readonly endedAtMs: number | undefined;
}

const RUNNING = 1;
const SUCCEEDED = 2;
const FAILED = 4;

/** `Result` has no word for anything else. 3 is a number that the documents leave out. */
const RESULTS = new Map([
  ['preparing', 0],
  ['running', RUNNING],
  ['succeed', SUCCEEDED],
  ['failed', FAILED],
  ['error', FAILED],
]);

const resultOf = (status: string): number => RESULTS.get(status) ?? RESULTS.get(status.toLowerCase()) ?? 3;
const isEnd = (result: number): boolean => result === SUCCEEDED || result === FAILED;

/** The list's codes for what `DescribeTaskInfo` says in words. Others have the one of the API's own example. */
const TYPE_CODES = new Map([
  ['redis cache clearing process', '004'],
  ['redis backup process', '012'],
]);
const typeCodeOf = ({ typeCode }: PlayedTask['script'], taskType: string): string =>
  typeCode ?? TYPE_CODES.get(taskType) ?? '037';

/** The tasks by start time. Kept sorted, those that may be unfinished apart: with thousands, a call must stay cheap. */
export class TaskList {
  private readonly all: PlayedTask[] = [];
  private open: PlayedTask[] = [];

  /** Adds a task, or notes that one may be unfinished again. */
  add(task: PlayedTask): void {
    for (const tasks of [this.all, this.open]) {
      const index = placeOf(task, tasks);
      if (tasks[index] !== task) tasks.splice(index, 0, task);
    }
  }

  remove(task: PlayedTask): void {
    for (const tasks of [this.all, this.open]) {
      const index = placeOf(task, tasks);
      if (tasks[index] === task) tasks.splice(index, 1);
    }
  }

  /** A page, the newest task first, and how many tasks all pages have. */
  read(query: ListQuery, faults: readonly StruckList[], nowMs: number): { totalCount: number; tasks: ListedTask[] } {
    const { region, limit, offset, instanceIds, taskTypes, beginTime, endTime, results } = query;
    const lagMs = Math.max(0, ...faults.map(({ fault }) => (fault.kind === 'listLag' ? fault.lagMs : 0)));
    const [hidden, stuck, changed] = (['listHidden', 'listStuck', 'listResult'] as const).map((kind) =>
      faults.filter(({ fault }) => fault.kind === kind),
    ) as [StruckList[], StruckList[], StruckList[]];
    const skipped = faults.some(({ fault }) => fault.kind === 'listSkip') ? offset / limit : 0;
    const isOfOpen = lagMs === 0 && stuck.length === 0 && results?.every((result) => result <= RUNNING) === true;
    const source = isOfOpen ? this.open : this.all;
    let hasEnded = false;
    const atMs = nowMs - lagMs;

    let totalCount = 0;
    const tasks: ListedTask[] = [];
    for (let index = source.length - 1; index >= 0; index -= 1) {
      const task = source[index] as PlayedTask;
      const { taskId, script, facts } = task;
      if (script.region !== undefined && script.region !== region) continue;
      if (atMs < task.addedAtMs + (script.visibleAfterMs ?? 0)) continue;
      if (instanceIds.some((id) => id !== facts.InstanceId)) continue;
      if (beginTime !== undefined && facts.StartTime < beginTime) continue;
      if (endTime !== undefined && facts.StartTime > endTime) continue;
      if (taskTypes && !taskTypes.includes(typeCodeOf(script, facts.TaskType))) continue;
      if (hidden.length > 0 && strikes(hidden, taskId)) continue;
      const truth = resultOf(stepThen(task, atMs, nowMs).status);
      if (isEnd(truth) && task.next.length === 0) hasEnded = true;
      const result = isEnd(truth) && stuck.length > 0 && strikes(stuck, taskId) ? RUNNING : truth;
      if (results && !results.includes(result)) continue;
      totalCount += 1;
      if (totalCount <= offset + skipped || tasks.length === limit) continue;
      const shown = strikes(changed, taskId)?.fault;
      tasks.push({
        taskId,
        facts,
        typeCode: typeCodeOf(script, facts.TaskType),
        result: shown?.kind === 'listResult' ? shown.result : result,
        endedAtMs: isEnd(result) ? stoodSince(task, atMs) : undefined,
      });
    }
    if (isOfOpen && hasEnded)
      this.open = this.open.filter(({ step, next }) => next.length > 0 || !isEnd(resultOf(step.status)));
    return { totalCount, tasks };
  }
}

/** The fault that strikes a row: one for this task, or one for a share of them that it is in. */
function strikes(faults: readonly StruckList[], taskId: string): StruckList | undefined {
  return faults.find(({ fault, row }) => {
    const { share = 1 } = { share: undefined, ...fault };
    return (row ?? taskId) === taskId && Number(taskId.slice(-2)) < share * 100;
  });
}

/** Where a task stands, or would stand, among others. The oldest is first, so that a new one moves none. */
function placeOf(task: PlayedTask, tasks: readonly PlayedTask[]): number {
  let [low, high] = [0, tasks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(tasks[middle] as PlayedTask, task)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(left: PlayedTask, right: PlayedTask): boolean {
  if (left.facts.StartTime !== right.facts.StartTime) return left.facts.StartTime < right.facts.StartTime;
  return left.number < right.number;
}
