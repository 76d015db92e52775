import type { ProvisionInput, ProvisionOutcome } from '../../examples/parents/typescript/workflows.js';
import type { RedisApiSimulator, TaskStep } from '../../src/testing/index.js';
import {
  cancelParent,
  continued,
  polled,
  resetParentToAfterStart,
  resetParentToBeforeStart,
  resetWait,
  signalParent,
  type Step,
  taskSucceeds,
  terminateParent,
} from './steps.js';

export const REGION = 'ap-guangzhou';

/** The outcome that a parent returns, and a part of the failure's sentence. */
export type Outcome = Omit<ProvisionOutcome, 'taskId' | 'reason'> & { readonly reason?: RegExp };

/** How the server has a parent and its wait, when the parent returns nothing. */
export type Statuses = Readonly<Record<'parent' | 'wait', 'CANCELLED' | 'TERMINATED'>>;

/** One way for a pipeline to end: what it is started with, how the API plays its task, and what has to come out. */
export interface Case {
  readonly name: string;
  readonly input: ProvisionInput & { readonly taskId: number };
  /** None: a task that the API does not know. */
  readonly timeline?: readonly TaskStep[];
  readonly instanceId?: string;
  /** The API's code for every poll of this task. */
  readonly refusedWith?: string;
  /** What happens meanwhile, one after the other. */
  readonly meanwhile?: readonly Step[];
  readonly ends: Outcome | Statuses;
}

const noFailure = { type: null, errorCode: null, invalidField: null };
const neverSeen = { status: null, instanceId: null, message: null };
const running: TaskStep = { status: 'running' };
const cancelled: Statuses = { parent: 'CANCELLED', wait: 'CANCELLED' };
const ready = { ...noFailure, outcome: 'ready', waits: 1, status: 'succeed', instanceId: null, message: 'ok' } as const;

/** The cases of one language. Their task ids are its own, so that calls can be told apart. */
export function casesOf(language: number): readonly Case[] {
  const id = (number: number) => 5_000 + language * 100 + number;
  return [
    {
      name: 'succeeds',
      // Among the longest ids there are: one that is read as a floating point number on its way would show.
      input: { taskId: Number.MAX_SAFE_INTEGER - language, region: REGION, maxWait: '2m' },
      timeline: [
        { ...running, forMs: 3_000 },
        { status: 'succeed', message: 'ok' },
      ],
      instanceId: 'crs-fine0001',
      ends: {
        ...noFailure,
        outcome: 'ready',
        waits: 1,
        status: 'succeed',
        instanceId: 'crs-fine0001',
        message: 'ok',
      },
    },
    {
      name: 'fails',
      input: { taskId: id(2), region: REGION },
      timeline: [
        { ...running, forMs: 2_000 },
        { status: 'failed', message: '磁盘已满: disk full on shard 3' },
      ],
      instanceId: 'crs-full0002',
      ends: {
        ...noFailure,
        outcome: 'gave up',
        waits: 1,
        type: 'RedisTaskFailed',
        status: 'failed',
        instanceId: 'crs-full0002',
        message: '磁盘已满: disk full on shard 3',
        reason: /disk full on shard 3/,
      },
    },
    {
      name: 'breaks off',
      input: { taskId: id(3), region: REGION },
      timeline: [{ status: 'Error', message: 'the flow was aborted' }],
      instanceId: 'crs-oops0003',
      ends: {
        ...noFailure,
        outcome: 'alerted',
        waits: 1,
        type: 'RedisTaskErrored',
        status: 'Error',
        instanceId: 'crs-oops0003',
        message: 'the flow was aborted',
        reason: /crs-oops0003 .*broke off/,
      },
    },
    {
      name: 'runs out of time, is waited for again, and succeeds',
      // Long enough for a last poll that a busy machine answers late.
      input: { taskId: id(4), region: REGION, maxWait: '8s' },
      timeline: [{ ...running, forMs: 13_000 }, { status: 'succeed' }],
      instanceId: 'crs-slow0004',
      ends: { ...noFailure, outcome: 'ready', waits: 2, status: 'succeed', instanceId: 'crs-slow0004', message: '' },
    },
    {
      name: 'runs out of time twice',
      input: { taskId: id(5), region: REGION, maxWait: '2s' },
      timeline: [{ ...running, message: 'rebalancing' }],
      instanceId: 'crs-slow0005',
      ends: {
        ...noFailure,
        outcome: 'alerted',
        waits: 2,
        type: 'RedisTaskTimedOut',
        status: 'running',
        instanceId: 'crs-slow0005',
        message: 'rebalancing',
        reason: /maxWait of 2 s ran out/,
      },
    },
    {
      name: 'is unknown to the API',
      input: { taskId: id(6), region: REGION },
      ends: {
        ...neverSeen,
        outcome: 'stopped',
        waits: 1,
        type: 'RedisTaskRejected',
        errorCode: 'InvalidParameter.InvalidParameter',
        invalidField: null,
        reason: /refuses for good/,
      },
    },
    {
      name: 'is asked for in a malformed region',
      input: { taskId: id(7), region: 'Guangzhou' },
      ends: {
        ...neverSeen,
        outcome: 'stopped',
        waits: 1,
        type: 'RedisTaskInvalidInput',
        errorCode: null,
        invalidField: 'region',
        reason: /^Invalid input: region is "Guangzhou"/,
      },
    },
    {
      name: 'may not be seen',
      input: { taskId: id(8), region: REGION },
      timeline: [running],
      refusedWith: 'AuthFailure.UnauthorizedOperation',
      ends: {
        ...neverSeen,
        outcome: 'stopped',
        waits: 1,
        type: 'RedisTaskUnauthorized',
        errorCode: 'AuthFailure.UnauthorizedOperation',
        invalidField: null,
        reason: /redis:DescribeTaskInfo/,
      },
    },
    {
      name: 'is cancelled',
      input: { taskId: id(9), region: REGION },
      timeline: [running],
      meanwhile: [polled, cancelParent],
      ends: cancelled,
    },
    {
      name: 'is cancelled after its wait has continued as new',
      input: { taskId: id(10), region: REGION },
      timeline: [running],
      meanwhile: [continued, cancelParent],
      ends: cancelled,
    },
    {
      name: 'is cancelled after its wait was reset',
      input: { taskId: id(11), region: REGION },
      timeline: [running],
      meanwhile: [polled, resetWait, cancelParent],
      ends: cancelled,
    },
    {
      name: 'is terminated after its wait has continued as new',
      input: { taskId: id(12), region: REGION },
      timeline: [running],
      meanwhile: [continued, terminateParent],
      ends: { parent: 'TERMINATED', wait: 'TERMINATED' },
    },
    {
      name: "is reset to after its wait's start, and cancelled",
      input: { taskId: id(13), region: REGION },
      timeline: [running],
      meanwhile: [continued, resetParentToAfterStart, cancelParent],
      ends: cancelled,
    },
    {
      name: 'is reset to before its wait, and waits anew',
      input: { taskId: id(14), region: REGION },
      timeline: [running],
      instanceId: 'crs-anew0014',
      meanwhile: [continued, resetParentToBeforeStart, taskSucceeds],
      ends: { ...ready, instanceId: 'crs-anew0014' },
    },
    {
      name: 'reaches a wait that has continued as new with a signal',
      input: { taskId: id(15), region: REGION },
      timeline: [running],
      instanceId: 'crs-poke0015',
      meanwhile: [continued, signalParent, taskSucceeds],
      ends: { ...ready, instanceId: 'crs-poke0015' },
    },
  ];
}

/** Lets the API play the tasks of these cases, each from its first poll on. */
export function prepare(simulator: RedisApiSimulator, cases: readonly Case[]): void {
  for (const { input, timeline, instanceId, refusedWith } of cases) {
    const { taskId } = input;
    if (timeline) simulator.addTask(taskId, { timeline, startsAt: 'firstPoll', ...(instanceId && { instanceId }) });
    if (refusedWith) simulator.fault({ kind: 'error', code: refusedWith }, { taskId });
  }
}
