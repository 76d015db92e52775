import type { WorkflowExecutionInfo } from '@temporalio/client';
import pMap from 'p-map';
import { describeWait, listWaits, RUNNING } from '../client/find.js';
import { isUnanswered } from '../client/workers.js';
import { grpcCode } from '../contract/grpc.js';
import { findSearchAttributesProblem } from '../contract/search-attributes.js';
import type { RedisTaskWaitState } from '../contract/task/view.js';
import { plain } from '../contract/text.js';
import { readVariables } from '../tencent/variables.js';
import { VARIABLES } from '../worker/config.js';
import { notChecked } from './doctor-api.js';
import { CliError, EXIT } from './exit-codes.js';
import { type Temporal, withTimeout } from './temporal.js';
import { isWithoutWorker } from './workers.js';

/** The waits that were started last. */
const WAITS_AT_MOST = 20;
const LOOKS_AT_ONCE = { concurrency: 5 };
const ANSWER_WITHIN_MS = 2_000;

/** One that fails once may have been cut off by the end of a worker. */
const ATTEMPTS_THAT_SHOW = 3;

/** Whether a worker with the settings of this environment could write the search attributes of waits. */
export async function checkSearchAttributes(temporal: Temporal, env: NodeJS.ProcessEnv): Promise<string> {
  const { operatorService } = temporal.waits.client.connection;
  const find = () => findSearchAttributesProblem(operatorService, temporal.namespace);
  const problem = await withTimeout(temporal, find).catch((error: unknown) => {
    // Some servers let only an operator ask.
    if (isUnanswered(error) || grpcCode(error) === undefined) throw error;
    throw notChecked(`Temporal does not tell the search attributes of this namespace (${(error as Error).message})`);
  });
  if (problem === undefined) return 'The namespace has the search attributes of waits.';
  const { REDIS_TASK_SEARCH_ATTRIBUTES } = VARIABLES;
  const settings = readVariables({ REDIS_TASK_SEARCH_ATTRIBUTES }, env);
  if (settings.REDIS_TASK_SEARCH_ATTRIBUTES === 'true') throw new CliError(EXIT.error, problem);
  throw notChecked(`REDIS_TASK_SEARCH_ATTRIBUTES is not true here. For a worker where it is: ${problem}`);
}

/** Says of the newest open waits which stand still, and with what error others have failed last. */
export async function checkOpenWaits(temporal: Temporal): Promise<string> {
  const { client, taskQueue } = temporal.waits;
  const open: WorkflowExecutionInfo[] = [];
  await withTimeout(temporal, async () => {
    for await (const wait of listWaits(client, taskQueue, RUNNING, WAITS_AT_MOST)) {
      if (open.push(wait) === WAITS_AT_MOST) break;
    }
  });
  const looks = await pMap(open, (wait) => lookAt(temporal, wait), LOOKS_AT_ONCE);
  const stuck = looks.flatMap((look) => look.stuck ?? []);
  if (stuck.length > 0) {
    const advice = 'A worker takes each and fails. See its log, and RedisTaskWorkflowTaskFails in the runbook.';
    throw new CliError(
      EXIT.error,
      `${stuck.length} of ${open.length} open waits stand still: ${stuck.join('; ')}. ${advice}`,
    );
  }
  const errors = looks.flatMap((look) => look.lastError ?? []);
  const which = open.length === WAITS_AT_MOST ? `the ${WAITS_AT_MOST} newest open waits` : `${open.length} open waits`;
  if (open.length > 0 && !looks.some(({ isAnswered }) => isAnswered))
    throw notChecked(`No worker answers for ${which}.`);
  if (errors.length === 0) return `Of ${which}, none tells of a failed poll.`;
  return `Of ${which}, ${errors.length} had a failed poll: ${errors.join('; ')}.`;
}

interface Look {
  readonly isAnswered: boolean;
  readonly stuck?: string;
  readonly lastError?: string;
}

async function lookAt(temporal: Temporal, { workflowId }: WorkflowExecutionInfo): Promise<Look> {
  const { waits } = temporal;
  const [wait] = await withTimeout(temporal, () => describeWait(waits.client, workflowId));
  const attempt = wait?.raw.pendingWorkflowTask?.attempt ?? 0;
  if (wait && attempt >= ATTEMPTS_THAT_SHOW) {
    const reason = await withTimeout(temporal, () => reasonOf(temporal, workflowId, wait.runId));
    return {
      isAnswered: true,
      stuck: `${workflowId}, attempt ${attempt} of its workflow task${reason && `: ${reason}`}`,
    };
  }
  let state: RedisTaskWaitState;
  try {
    state = await withTimeout(temporal, () => waits.state({ workflowId }), ANSWER_WITHIN_MS);
  } catch (error) {
    // Also what is encrypted was answered. That there is no worker, another check says.
    return { isAnswered: !isWithoutWorker(error) };
  }
  if (!state.lastError) return { isAnswered: true };
  const { code, message, at } = state.lastError;
  return { isAnswered: true, lastError: `${workflowId}, ${code}: ${plain(message, 200)} (${at})` };
}

/** Why the workflow task of a run has failed: the first attempt stands in the history, the others do not. */
async function reasonOf(
  { waits: { client }, namespace }: Temporal,
  workflowId: string,
  runId: string,
): Promise<string> {
  const request = { namespace, execution: { workflowId, runId }, maximumPageSize: 10 };
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse(request);
  const failed = history?.events?.find((event) => event.workflowTaskFailedEventAttributes);
  return plain(failed?.workflowTaskFailedEventAttributes?.failure?.message ?? '', 300);
}
