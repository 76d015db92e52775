// Judges plays of changes by the contract alone: what was executed, and whether the ending is true.
import type { Pipeline } from './pipeline.js';
import type { World } from './world.js';

/** Changes that must not be made twice. */
const NEVER = ['ClearInstance', 'RestoreInstance'];

/** A minute of looking after the deadline, and the calls before and after it. */
const OVERTIME_MS = 240_000;

/** Endings that say that nothing was started. */
const NOTHING_STARTED = ['RedisActionRefused', 'RedisTaskTimedOut', 'RedisTaskUnauthorized', 'RedisTaskRejected'];

export function judgeChanges(pipelines: readonly Pipeline[], world: World): string[] {
  return pipelines.flatMap((pipeline) => {
    const others = pipelines.filter((each) => each !== pipeline);
    return judge(pipeline, others, world).map((wrong) => `${pipeline.name} (${pipeline.script.action}): ${wrong}`);
  });
}

function judge({ name, script, end, wrong }: Pipeline, others: readonly Pipeline[], world: World): string[] {
  const found = [...wrong];
  const { action, maxWaitMs } = script;
  const own = world.executed.filter(({ by }) => by === name);
  if (NEVER.includes(action) && own.length > 1) found.push(`executed ${own.length} times`);
  if (!end) return [...found, 'it never ends'];
  if (end.atMs > maxWaitMs + OVERTIME_MS) found.push(`it ends only after ${end.atMs} ms`);

  if (end.as === 'succeeded') {
    const { taskIds = [] } = end.value as { taskIds?: number[] };
    // The task of another pipeline that does the same to the same instance cannot be told from its own.
    const isSame = (by: string) =>
      by === name || others.some((each) => each.name === by && each.script.action === action);
    const tasks = world.executed.filter(({ taskId }) => taskIds.includes(taskId));
    if (taskIds.length !== 1 || tasks.length !== 1) found.push(`it succeeded with the tasks ${taskIds.join(', ')}`);
    if (!tasks.every(({ by, action: did }) => isSame(by) && did === action))
      found.push("it succeeded with another's task");
  } else if (NOTHING_STARTED.includes(end.as)) {
    if (own.length > 0) found.push(`it ended as ${end.as}, but was executed`);
  } else if (end.as === 'RedisActionUncertain') {
    if (!world.unclear.has(name)) found.push('it ended as uncertain, but every answer was clear');
  } else {
    found.push(`it ended as ${end.as}`);
  }
  return found;
}
