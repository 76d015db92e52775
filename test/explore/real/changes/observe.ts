import type { Client } from '@temporalio/client';
import { failedWorkflowTasks, followedHistories, type History, type NamedHistory } from '../../../support/histories.js';
import type { ChangeEnd, ChangeRecord } from '../../changes/oracle.js';
import { valueOf } from '../../ending.js';
import { holdsSecret, timeOf } from '../history.js';
import { secretOf } from './api.js';
import type { PlayedChange } from './play.js';

/** A submit, as the history tells of it. */
export interface SubmitRecord {
  readonly at: number;
  /** What became of it: its class, `lost` without an answer, or `notTaken` by any worker. */
  readonly as: string;
  /** The code of its error. */
  readonly code: string | undefined;
}

/** What the server has on record of a change, and of the waits that it started. */
export interface ObservedChange extends ChangeRecord {
  readonly played: PlayedChange;
  readonly startedAt: number;
  readonly submits: readonly SubmitRecord[];
  readonly childIds: readonly string[];
}

/** Errors that tell for sure that nothing was started. All others of this run leave it open. */
const CLEAR =
  /^(RequestLimitExceeded|AuthFailure|UnauthorizedOperation|ResourceInUse|ResourceNotFound|LimitExceeded|InvalidParameterValue|UnsupportedOperation|ResourceUnavailable|ActionNotAllowed|SecretUnavailable|CredentialsUnavailable|NoCallSlot)(\.|$)|^FailedOperation\.(CommitFlowError|PayFailed)$|^NetworkError\.(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/;

/** Reads the record of a change from the server. */
export async function observeChange(client: Client, played: PlayedChange): Promise<ObservedChange> {
  const { planned } = played;
  const { key, kind, maxWaitMs, instanceIds } = planned;
  const first = await client.workflow.getHandle(key).describe();
  const runId = first.raw.workflowExecutionInfo?.firstRunId ?? first.runId;
  const all = await followedHistories(client, [{ workflowId: key, runId }]);
  const own = all.filter(({ workflowId }) => workflowId === key).map(({ history }) => history);
  const submits = own.flatMap(submitsOf);
  const startedAt = timeOf(own[0]?.events?.[0]);
  const tasks = {
    task: [1, 1],
    flow: [1, 1],
    none: [0, 0],
    deal: [0, 1],
    tasks: [instanceIds.length, instanceIds.length],
  };
  return {
    ...{ played, startedAt, submits, maxWaitMs },
    name: key,
    action: kind.action,
    typeCode: kind.typeCode,
    unclear: submits.filter(isUnclear).length,
    startsTasks: tasks[kind.answers] as [number, number],
    end: endOf(own.at(-1), startedAt),
    childIds: all.map(({ workflowId }) => workflowId).filter((id) => id !== key),
    wrong: [
      ...all.flatMap((each) => [...wrongIn(each, secretOf(planned))]),
      ...(played.ranTwice ? ['its key ran twice'] : []),
    ],
  };
}

function* wrongIn({ workflowId, history }: NamedHistory, secret: string): Iterable<string> {
  for (const cause of failedWorkflowTasks(history)) yield `${workflowId} had a workflow task that failed: ${cause}`;
  if (holdsSecret(history, [secret])) yield `${workflowId} has a secret in its history`;
  if (history.events?.at(-1)?.workflowExecutionTimedOutEventAttributes) yield `${workflowId} timed out`;
}

function submitsOf({ events }: History): SubmitRecord[] {
  const submits = new Map<string, SubmitRecord>();
  for (const event of events ?? []) {
    const type = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (type === 'submitRedisAction')
      submits.set(String(event.eventId), { at: timeOf(event), as: 'lost', code: undefined });
    const completed = event.activityTaskCompletedEventAttributes;
    const submit = submits.get(String(completed?.scheduledEventId));
    if (completed && submit) {
      const told = valueOf(completed.result?.payloads?.[0]) as { class: string; error?: { code: string } };
      submits.set(String(completed.scheduledEventId), { ...submit, as: told.class, code: told.error?.code });
    }
    const timedOut = event.activityTaskTimedOutEventAttributes;
    const late = submits.get(String(timedOut?.scheduledEventId));
    // One that no worker took has no event of its start.
    if (timedOut && late && !timedOut.startedEventId?.toString().match(/^[1-9]/))
      submits.set(String(timedOut.scheduledEventId), { ...late, as: 'notTaken' });
  }
  return [...submits.values()];
}

function isUnclear({ as, code }: SubmitRecord): boolean {
  return as === 'lost' || (code !== undefined && !CLEAR.test(code));
}

function endOf(history: History | undefined, startedAt: number): ChangeEnd | undefined {
  const last = history?.events?.at(-1);
  const atMs = timeOf(last) - startedAt;
  const completed = last?.workflowExecutionCompletedEventAttributes;
  if (completed) return { as: 'succeeded', value: valueOf(completed.result?.payloads?.[0]), atMs };
  if (last?.workflowExecutionCanceledEventAttributes) return { as: 'cancelled', value: undefined, atMs };
  const failure = last?.workflowExecutionFailedEventAttributes?.failure;
  if (!failure) return undefined;
  const { type, details, nonRetryable } = failure.applicationFailureInfo ?? {};
  if (!type || !nonRetryable) return { as: `other: ${failure.message ?? ''}`, value: undefined, atMs };
  return { as: type, value: valueOf(details?.payloads?.[0]), atMs };
}
