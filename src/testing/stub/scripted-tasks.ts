import type { RedisTaskDuration } from '../../contract/duration.js';
import type { TaskAnswer } from '../../contract/task/state.js';
import { keyOf, type TaskScript } from '../task-script.js';
import { TaskBook } from '../tasks.js';
import { type CancelledEnding, isCancelledEnding, readCancelledAfter } from './cancelled-ending.js';
import { seenTask } from './poll-answer.js';
import { checkFails, checkFields, readDuration } from './read-ending.js';
import { isRefusalEnding, pollRefusedAs, type RefusalEnding } from './refusal-ending.js';

/**
 * What else a wait sees of a scripted task.
 *
 * @inline
 */
interface Facts {
  /** `TaskMessage`, the API's own text about the task. @default '' */
  readonly message?: string;
  /** @default 'crs-09u2u96z' */
  readonly instanceId?: string;
  /** @default 'redis cache clearing process' */
  readonly taskType?: string;
}

/**
 * How a scripted task ends. It runs from the first poll on, so that several waits in a row see one and the same task: with
 * `{ after: '3h' }` a wait of 2 h times out, and the wait that resumes it succeeds an hour later.
 *
 * - nothing, or `after` alone: it succeeds
 * - `fails: 'RedisTaskFailed'` or `'RedisTaskErrored'`: it ends in `failed` or `error`
 * - `fails: 'RedisTaskTimedOut'`: it never ends
 * - `fails: 'RedisTaskUnauthorized'` or `'RedisTaskRejected'`: the API refuses every poll, with `code` and `message`
 * - `cancelledAfter`: somebody cancels the wait, and the task goes on
 *
 * @example
 * ```ts
 * const endings: RedisTaskEnding[] = [
 *   { after: '40m', instanceId: 'crs-09u2u96z', taskType: 'resize' },
 *   { after: '3m', fails: 'RedisTaskFailed', message: 'The backup file is damaged.' },
 *   { fails: 'RedisTaskUnauthorized', code: 'AuthFailure.SecretIdNotFound' },
 *   { cancelledAfter: '10m' },
 * ];
 * ```
 */
export type RedisTaskEnding =
  | (Facts & {
      readonly fails?: 'RedisTaskFailed' | 'RedisTaskErrored';
      /** How long the task runs. @default 0, it has ended when the first poll comes */
      readonly after?: RedisTaskDuration;
    })
  | (Facts & { readonly fails: 'RedisTaskTimedOut' })
  | RefusalEnding
  | CancelledEnding;

/** Endings by task id. */
export type RedisTaskEndings = Readonly<Record<number | string, RedisTaskEnding>>;

const FIELDS = ['after', 'fails', 'message', 'instanceId', 'taskType', 'code', 'cancelledAfter'];

/** The scripted tasks of a test. */
export class ScriptedTasks {
  private readonly tasks = new TaskBook(Date.now);
  private readonly refusals = new Map<string, RefusalEnding>();
  private readonly cancelled = new Map<string, number>();

  /** Adds tasks, or replaces those with the same ids. @throws TypeError when an ending makes no sense */
  script(endings: RedisTaskEndings): void {
    for (const [taskId, ending] of Object.entries(endings)) this.set(readTaskId(taskId), ending);
  }

  /** What a poll sees; undefined if no script names the task. */
  poll(taskId: number, region: string, now: number): TaskAnswer | undefined {
    const key = keyOf(taskId);
    const refusal = this.refusals.get(key);
    if (refusal) return pollRefusedAs(refusal, now);
    const seen = this.tasks.observeAt(now, key, region);
    return seen && seenTask(seen, now);
  }

  /** When a wait for the task is cancelled, in milliseconds after its start. */
  cancelledAfterMs(taskId: number): number | undefined {
    return this.cancelled.get(keyOf(taskId));
  }

  private set(taskId: string, ending: RedisTaskEnding): void {
    const of = `task ${taskId}`;
    checkFields(of, ending, FIELDS);
    const cancelledAfterMs = readCancelledAfter(of, ending);
    this.refusals.delete(taskId);
    this.cancelled.delete(taskId);
    if (cancelledAfterMs !== undefined) this.cancelled.set(taskId, cancelledAfterMs);
    if (isRefusalEnding(ending)) this.refusals.set(taskId, ending);
    else this.tasks.add(taskId, scriptOf(taskId, isCancelledEnding(ending) ? NEVER_ENDS : ending));
  }
}

const NEVER_ENDS = { fails: 'RedisTaskTimedOut' } as const;
const LAST_STATUS = { RedisTaskFailed: 'failed', RedisTaskErrored: 'error' } as const;

function scriptOf(taskId: string, ending: Exclude<RedisTaskEnding, RefusalEnding | CancelledEnding>): TaskScript {
  const { fails, after = 0, message = '', instanceId, taskType } = { after: undefined, ...ending };
  const facts = { startsAt: 'firstPoll', ...(instanceId && { instanceId }), ...(taskType && { taskType }) } as const;
  if (fails === 'RedisTaskTimedOut') return { ...facts, timeline: [{ status: 'running', message }] };
  checkFails('a task', `task ${taskId}`, fails, Object.keys(LAST_STATUS));
  const forMs = readDuration('after', `task ${taskId}`, after);
  const status = fails ? LAST_STATUS[fails] : 'succeed';
  return {
    ...facts,
    timeline: [
      { status: 'running', forMs },
      { status, message },
    ],
  };
}

function readTaskId(text: string): string {
  if (/^[1-9]\d{0,19}$/.test(text)) return text;
  throw new TypeError(`A task id is ${JSON.stringify(text)}, but it must be an integer from 1 on`);
}
