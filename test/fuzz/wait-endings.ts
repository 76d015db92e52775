import { ApplicationFailure, CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { type RedisTaskFailureDetails, REDIS_TASK_FAILURE_TYPES } from '../../src/contract/task/failures.js';
import { readInput } from '../../src/contract/task/input.js';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import type { RedisTaskWaitState } from '../../src/contract/task/view.js';
import { eventsOf, failedWorkflowTasks } from '../support/histories.js';
import type { WaitHandle } from '../support/waits.js';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Types of failures whose details say how to wait on. */
const RESUMABLE: readonly unknown[] = ['RedisTaskTimedOut', 'RedisTaskUnauthorized', 'RedisTaskRejected'];
const TEXTS = ['status', 'message', 'taskType', 'instanceId', 'startTime', 'requestId'] as const;

/** How a wait ended: with a result, with a failure type of the contract, or cancelled because it was still waiting. */
export type Ending = 'succeeded' | 'cancelled' | (typeof REDIS_TASK_FAILURE_TYPES)[number];

/**
 * Lets a wait end, cancelling it when it is still waiting after `patienceMs`, and checks all that the contract says of
 * an end: no workflow task ever failed, and what came out has its shape.
 */
export async function endOf(handle: WaitHandle, patienceMs: number): Promise<Ending> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<'waiting'>((resolve) => {
    timer = setTimeout(() => resolve('waiting'), patienceMs);
  });
  const ended = endingOf(handle);
  const first = await Promise.race([ended, impatience]);
  clearTimeout(timer);
  if (first === 'waiting') {
    // Not after a failed workflow task: nothing would answer any more.
    await expectNoFailedTask(handle);
    const isOver = (error: unknown) => expect(String(error)).toContain('already completed');
    await handle.cancel().catch(isOver);
  }
  const ending = await ended;
  await expectNoFailedTask(handle);
  return ending;
}

async function expectNoFailedTask(handle: WaitHandle): Promise<void> {
  const history = await handle.fetchHistory();
  // The UNHANDLED_COMMAND of something that arrived while the workflow ended is no fault, so the messages come second.
  if (failedWorkflowTasks(history).length === 0) return;
  const failed = eventsOf(history, 'EVENT_TYPE_WORKFLOW_TASK_FAILED');
  expect(failed.map(({ workflowTaskFailedEventAttributes: why }) => why?.failure?.message)).toEqual([]);
}

async function endingOf(handle: WaitHandle): Promise<Ending> {
  try {
    expectResult(await handle.result());
    return 'succeeded';
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (error.cause instanceof CancelledFailure) return 'cancelled';
    if (!(error.cause instanceof ApplicationFailure)) throw error;
    return expectFailure(error.cause);
  }
}

function expectResult({
  taskId,
  region,
  status,
  polls,
  waitedMs,
  detectionDelayMaxMs,
  ...texts
}: RedisTaskResult): void {
  expect(Number.isSafeInteger(taskId) && taskId > 0).toBe(true);
  expect(region).toMatch(/^[a-z]{2,}(-[a-z0-9]+)+$/);
  expect(status.toLowerCase()).toBe('succeed');
  expect(polls).toBeGreaterThanOrEqual(1);
  expect(Number.isSafeInteger(waitedMs)).toBe(true);
  expect(detectionDelayMaxMs === null || Number.isSafeInteger(detectionDelayMaxMs)).toBe(true);
  expect(Object.keys(texts).sort()).toEqual(['instanceId', 'message', 'requestId', 'startTime', 'taskType']);
}

/** A failure as every parent finds it. */
export function expectFailure({ type, message, nonRetryable, details }: ApplicationFailure): Ending {
  expect(REDIS_TASK_FAILURE_TYPES).toContain(type);
  expect(nonRetryable).toBe(true);
  expect(message.isWellFormed()).toBe(true);
  expect(message.length).toBeGreaterThan(20);
  expect(Array.from(message).length).toBeLessThanOrEqual(4_000);
  expect(details).toHaveLength(1);

  const all = details?.[0] as RedisTaskFailureDetails & { resumeInput?: unknown; invalid?: Record<string, unknown> };
  const { taskId, region, polls, waitedMs, lastError, resumeInput, invalid, ...texts } = all;
  expect(Object.keys(texts).sort()).toEqual([...TEXTS].sort());
  for (const name of TEXTS) expect(all[name] === null || typeof all[name] === 'string').toBe(true);
  expect(Number.isSafeInteger(polls) && Number.isSafeInteger(waitedMs)).toBe(true);
  if (lastError) expectError(lastError);
  expect(invalid !== undefined).toBe(type === 'RedisTaskInvalidInput');
  expect(resumeInput !== undefined).toBe(RESUMABLE.includes(type));
  if (invalid) {
    expect(Object.keys(invalid).sort()).toEqual(['field', 'rule']);
    expect(Object.values(invalid).every((each) => typeof each === 'string' && each.isWellFormed())).toBe(true);
    const identity: { taskId: unknown; region: unknown } = { taskId, region };
    expect(identity.taskId === null || Number.isSafeInteger(identity.taskId)).toBe(true);
    expect(identity.region === null || typeof identity.region === 'string').toBe(true);
  } else {
    expect(readInput({ taskId, region })).toMatchObject({ taskId, region });
  }
  if (resumeInput) expect(readInput(resumeInput)).toMatchObject({ taskId, region });
  return type as Ending;
}

export function expectState({ taskId, region, status, polls, waitedMs, ...more }: RedisTaskWaitState): void {
  expect(Number.isSafeInteger(taskId)).toBe(true);
  expect(typeof region).toBe('string');
  expect(status === null || typeof status === 'string').toBe(true);
  expect(Number.isSafeInteger(polls) && Number.isSafeInteger(waitedMs)).toBe(true);
  const { deadline, nextPollAt, lastError, observation, ...others } = more;
  expect(others).toEqual({});
  expect(deadline).toMatch(ISO_TIME);
  expect(nextPollAt === null || ISO_TIME.test(nextPollAt)).toBe(true);
  expect(observation?.status ?? null).toBe(status);
  if (lastError) expectError(lastError);
}

function expectError({
  code,
  message,
  requestId,
  at,
  ...more
}: NonNullable<RedisTaskFailureDetails['lastError']>): void {
  expect(more).toEqual({});
  for (const text of [code, message, requestId ?? '', at]) expect(typeof text).toBe('string');
}
