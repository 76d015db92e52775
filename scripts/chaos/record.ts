import { type Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { AWAIT_REDIS_TASK, decodeRedisTaskFailure } from 'temporal-tencent-redis';
import type { RedisTaskFailure, RedisTaskResult } from 'temporal-tencent-redis';
import { SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';

type History = proto.temporal.api.history.v1.IHistory;

// The package is CommonJS whose named exports Node does not find.
const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** What must not be in any history: what signs a request, and what a signed one looks like. */
const SECRETS = [SIMULATOR_CREDENTIAL.secretId, SIMULATOR_CREDENTIAL.secretKey, 'TC3-HMAC-SHA256', 'Signature='];

/** What the Temporal server itself knows of one wait. */
export interface WaitRecord {
  /** Temporal's name of the state, such as `RUNNING` or `COMPLETED`; undefined when the server knows of no such wait. */
  readonly state: string | undefined;
  readonly startedAt: number;
  readonly closedAt: number | undefined;
  readonly result?: RedisTaskResult;
  readonly failure?: RedisTaskFailure;
  /** An `extendWait` was heard, at this time. */
  readonly extendedAt: number | undefined;
  readonly cancelRequestedAt: number | undefined;
  /** How many signals it was sent. */
  readonly signals: number;
  /** How many runs there are that none before them continued as new. */
  readonly runs: number;
  /** Causes of failed workflow tasks, but for those that the server itself repeats. */
  readonly failedTasks: readonly string[];
  readonly timedOutTasks: number;
  readonly holdsSecret: boolean;
}

/** How many runs each wait has that no run before them continued as new. */
export async function countRuns(client: Client): Promise<ReadonlyMap<string, number>> {
  const runs = new Map<string, number>();
  for await (const { workflowId, status } of client.workflow.list({ query: `WorkflowType="${AWAIT_REDIS_TASK}"` })) {
    if (status.name !== 'CONTINUED_AS_NEW') runs.set(workflowId, (runs.get(workflowId) ?? 0) + 1);
  }
  return runs;
}

const NOTHING: WaitRecord = {
  state: undefined,
  startedAt: NaN,
  closedAt: undefined,
  extendedAt: undefined,
  cancelRequestedAt: undefined,
  signals: 0,
  runs: 0,
  failedTasks: [],
  timedOutTasks: 0,
  holdsSecret: false,
};

/** Reads what the server has kept of a wait. */
export async function readRecord(client: Client, workflowId: string, runs: number): Promise<WaitRecord> {
  const wait = client.workflow.getHandle<() => Promise<RedisTaskResult>>(workflowId);
  const description = await wait.describe().catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  });
  if (!description) return NOTHING;
  const history = await wait.fetchHistory();
  const { status, startTime, closeTime } = description;
  return {
    state: status.name,
    startedAt: startTime.getTime(),
    closedAt: closeTime?.getTime(),
    ...(closeTime && (await endOf(wait.result()))),
    extendedAt: extensionOf(history),
    cancelRequestedAt: cancelRequestOf(history),
    signals: (history.events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length,
    runs,
    failedTasks: failedTasksOf(history),
    timedOutTasks: (history.events ?? []).filter((event) => event.workflowTaskTimedOutEventAttributes).length,
    holdsSecret: holdsSecret(history),
  };
}

async function endOf(ended: Promise<RedisTaskResult>): Promise<Pick<WaitRecord, 'result' | 'failure'>> {
  try {
    return { result: await ended };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const failure = decodeRedisTaskFailure(error);
    return failure ? { failure } : {};
  }
}

function extensionOf({ events }: History): number | undefined {
  const heard = events?.find((event) => event.workflowExecutionUpdateCompletedEventAttributes?.outcome?.success);
  return heard && millis(heard.eventTime);
}

function cancelRequestOf({ events }: History): number | undefined {
  const request = events?.find((event) => event.workflowExecutionCancelRequestedEventAttributes);
  return request && millis(request.eventTime);
}

/** That something arrived while the workflow ended is no fault of its code: the server asks for the task once more. */
function failedTasksOf({ events }: History): readonly string[] {
  return (events ?? [])
    .flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
      failed ? String(WorkflowTaskFailedCause[failed.cause ?? 0]) : [],
    )
    .filter((cause) => cause !== 'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND');
}

function millis(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds) * 1_000 + (time?.nanos ?? 0) / 1_000_000;
}

/** On the wire payloads are the bytes they were made of, so a plain search finds what any field holds. */
function holdsSecret(history: History): boolean {
  const bytes = Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish());
  return SECRETS.some((secret) => bytes.includes(secret));
}

/** How many waits the server knows of, as its list of workflows shows them. */
export async function countWaits(client: Client): Promise<{ readonly running: number; readonly ended: number }> {
  // In one query, so that a wait which ends meanwhile is counted once.
  const { groups } = await client.workflow.count(`WorkflowType="${AWAIT_REDIS_TASK}" GROUP BY ExecutionStatus`);
  const sum = (matches: (status: string) => boolean) =>
    groups.filter(({ groupValues }) => matches(String(groupValues[0]))).reduce((total, { count }) => total + count, 0);
  return {
    running: sum((status) => status === 'Running'),
    ended: sum((status) => status !== 'Running' && status !== 'ContinuedAsNew'),
  };
}
