import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowHandle,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import type { RedisTaskWaitState } from '../../../src/contract/task/view.js';
import type { RedisApiSimulator, TaskStep } from '../../../src/testing/index.js';
import type { SteeringRecord } from '../wait-record.js';
import type { Act, TaskLife } from '../wait-script.js';
import { patiently, untilOver } from './patience.js';
import { type PlannedWait, SIMULATED, type Upheaval } from './plan.js';
import { describeRun, familyOf, REGION, STARTERS } from './starter.js';
import { upset } from './upheavals.js';

/** What the API tells of a task, so that one task's facts cannot pass for another's. */
export const instanceOf = (taskId: number) => `crs-${taskId}`;
export const messageOf = (status: string) => `the task is in "${status}"`;

/** A wait that was played. Times are Unix milliseconds. */
export interface PlayedWait {
  readonly planned: PlannedWait;
  readonly workflowId: string;
  readonly taskBeganAt: number;
  readonly steering: readonly SteeringRecord[];
}

/** Starts a wait in its time, does to it what its script says, and lets it go on for at most `limitMs`. */
export async function playWait(
  client: Client,
  simulator: RedisApiSimulator,
  planned: PlannedWait,
  runBeganAt: number,
  limitMs: number,
): Promise<PlayedWait> {
  const { script, taskId, upheavals } = planned;
  const { workflow, ...start } = STARTERS[planned.startedBy](taskId);
  const family = familyOf(client, planned);
  await sleep(Math.max(0, runBeganAt + planned.beginsAtMs - Date.now()));
  const taskBeganAt = Date.now();
  if (script.task) {
    const { visibleAfterMs } = script.task;
    simulator.addTask(taskId, { timeline: timelineOf(script.task), instanceId: instanceOf(taskId), visibleAfterMs });
  }
  await patiently(() =>
    client.workflow
      .start(workflow, {
        taskQueue: start.taskQueue,
        workflowId: start.workflowId,
        args: [{ taskId, region: REGION, maxWait: script.maxWaitMs, polling: script.polling }],
        // The answer to a start may be lost with the server. The same start again must not make a second wait.
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      })
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }),
  );
  // A parent's wait begins a moment later.
  await patiently(async () => {
    if (!(await describeRun(family.wait))) throw new Error(`There is no ${start.waitId}`);
  });
  const beganAt = Date.now();
  const stop = new AbortController();
  const steering: SteeringRecord[] = [];
  const later = (ms: number, act: () => unknown) =>
    sleep(ms, undefined, { signal: stop.signal }).then(act, () => undefined);
  const all = [
    ...script.faults.map(({ kind, fromMs, forMs }) =>
      later(fromMs, () => simulator.fault(SIMULATED[kind], { taskId, forMs })),
    ),
    ...script.acts.map((act) => later(act.atMs, () => perform(family.wait, act, script.maxWaitMs, steering))),
  ];
  const upsetting = (async () => {
    for (const upheaval of upheavals) {
      if (steering.some(({ did }) => wouldUndo(upheaval, did))) continue;
      const did = upheaval.does === 'poke' ? 'pollNow' : upheaval.does;
      await later(Math.max(0, beganAt + upheaval.atMs - Date.now()), () =>
        note(steering, { did }, () => upset(client, family, upheaval)),
      );
    }
  })();
  const handles = [family.wait, ...(family.parent ? [family.parent] : [])];
  const over = () =>
    Promise.race([
      Promise.all(handles.map((handle) => patiently(() => untilOver(handle)))),
      // One that has not ended by then is stuck, which its record will show.
      sleep(Math.max(0, beganAt + limitMs - Date.now()), undefined, { ref: false }),
    ]);
  await over();
  stop.abort();
  await Promise.all([...all, upsetting]);
  // A reset may have been under way.
  await over();
  return { planned, workflowId: start.waitId, taskBeganAt, steering };
}

/**
 * Some resets undo a cancellation by half, which nobody but an operator could repair: the next run of a parent would not
 * start its wait again, and leave the one of before behind; that of a wait would go on although its parent knows of its end.
 */
function wouldUndo({ does }: Upheaval, did: SteeringRecord['did']): boolean {
  if (does === 'resetParentToBefore') return /^(cancelParent|cancelScope)$/.test(did);
  return does === 'resetWait' && did.startsWith('cancel');
}

async function perform(
  handle: WorkflowHandle,
  { act }: Act,
  maxWaitMs: number,
  steering: SteeringRecord[],
): Promise<void> {
  const told = (more: Partial<SteeringRecord>, send: () => Promise<unknown>) =>
    note(steering, { did: act.does, ...more }, send);
  switch (act.does) {
    case 'extendWait': {
      const updates = act.totalsMs.map((total) => {
        const totalMs = total < 0 ? maxWaitMs : Math.max(1_000, total);
        return () =>
          told({ totalMs }, () =>
            handle.executeUpdate<RedisTaskWaitState, [unknown]>('extendWait', { args: [{ maxWait: totalMs }] }),
          );
      });
      if (act.atOnce) await Promise.all(updates.map((update) => update()));
      else for (const update of updates) await update();
      break;
    }
    case 'pollNow':
      await told({}, () => Promise.all(Array.from({ length: act.times }, () => handle.signal('pollNow'))));
      break;
    case 'joinWait':
      await told({ totalMs: act.maxWaitMs }, () => handle.signal('joinWait', { maxWait: act.maxWaitMs }));
      break;
    case 'cancel':
      await told({}, () => handle.cancel());
      break;
    case 'getState':
      await handle.query('getState').catch(() => undefined);
  }
}

/** Does something, and keeps when it was done and what came of it. */
async function note(
  steering: SteeringRecord[],
  what: Pick<SteeringRecord, 'did'> & Partial<SteeringRecord>,
  send: () => Promise<unknown>,
): Promise<void> {
  const record: SteeringRecord = { at: Date.now(), heardAt: undefined, ...what };
  steering.push(record);
  const becomes = (...records: SteeringRecord[]) => void steering.splice(steering.indexOf(record), 1, ...records);
  try {
    const answer = await send();
    const state = isState(answer) ? { state: answer } : {};
    // With false, it was too late for that.
    becomes(...(answer === false ? [] : [{ ...record, heardAt: Date.now(), ...state }]));
  } catch (error) {
    // One that came after the end, or while the server was away, was never heard.
    if (error instanceof WorkflowUpdateFailedError) {
      becomes({ ...record, heardAt: Date.now(), refused: error.cause?.message ?? error.message });
    } else if (error instanceof WorkflowNotFoundError) becomes();
  }
}

function isState(value: unknown): value is RedisTaskWaitState {
  return typeof value === 'object' && value !== null && 'deadline' in value;
}

function timelineOf({ statuses }: TaskLife): TaskStep[] {
  return statuses.map(({ fromMs, status }, index) => {
    const next = statuses[index + 1];
    return { status, message: messageOf(status), ...(next && { forMs: next.fromMs - fromMs }) };
  });
}
