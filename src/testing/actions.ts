import type { RedisActionName } from '../contract/action/actions.js';
import { inBeijing } from './beijing-time.js';
import { change, type ExecutedChange, isChange, type OnOrder, type Order } from './changes.js';
import type { StruckList } from './faults.js';
import type { ReceivedRequest } from './http-server.js';
import { describeDeal, describeInstances } from './instance-actions.js';
import type { InstanceBook } from './instances.js';
import type { Settings, SimulatorCredential } from './options.js';
import { ACTIONS, items, type Parameters, readAnyParameters, readParameters } from './parameters.js';
import type { RateWindow } from './rate-window.js';
import { ApiRefusal } from './refusals.js';
import type { ApiFields } from './reply.js';
import type { TaskBook, TaskScript } from './tasks.js';

/** The actions that create a task. */
export type CreatingAction = RedisActionName;

/** The task that an action creates, or the error that refuses it. */
export type Creation =
  | (TaskScript & {
      /** Answer `"TaskId": "6954227"`, a string, as some actions of the API do. @default false */
      readonly taskIdAsString?: boolean;
      /** Answer this id and create no task: 0 and -1 are what the API answers when there is nothing to do. */
      readonly noTaskId?: number;
    })
  | ActionRefusal;

/**
 * What an action does from now on, each time.
 *
 * - `error` refuses it
 * - `answer` is the fields of `Response`, and it starts nothing
 * - `task` is what an action that answers with a task creates, for the instance of the request unless it names one
 * - `deal`, with `instances`, `task` and `tellsInstances`, is what an action orders that answers with a deal
 */
export type ActionScript =
  | ActionRefusal
  | { readonly answer: Readonly<Record<string, unknown>> }
  | { readonly task: Exclude<Creation, ActionRefusal> }
  | Exclude<Order, ActionRefusal>;

/** @inline */
interface ActionRefusal {
  readonly error: { readonly code: string; readonly message?: string };
}

/** Decides what an action creates. `parameters` are those of the request, as text. */
export type OnCreate = (action: CreatingAction, parameters: Parameters) => Creation;

/** What an action answers: the fields of `Response`, without `RequestId`, or the error that refuses it. */
export type ActionAnswer =
  | (Readonly<Record<string, unknown>> & { readonly error?: never })
  | { readonly error: { readonly code: string; readonly message?: string } };

/** Answers an action. `parameters` are those of the request, as parsed from its JSON. */
export type OnAction = (parameters: Readonly<Record<string, unknown>>, region: string) => ActionAnswer;

/** The simulated account: what it has, and what it is allowed. */
export interface Account extends Pick<
  Settings,
  'regions' | 'requestsPerSecond' | 'listRequestsPerSecond' | 'unknownTaskCode' | 'dealParameters'
> {
  readonly tasks: TaskBook;
  readonly instances: InstanceBook;
  readonly rate: RateWindow;
  readonly serverNowMs: () => number;
  credentials: ReadonlyMap<string, SimulatorCredential>;
  onCreate: OnCreate;
  onOrder: OnOrder;
  /** The error for an instance that another flow holds. */
  lockedCode: string;
  /** What the API has done, in its order. */
  readonly executed: ExecutedChange[];
  /** Actions that a test has scripted: they go before all others. */
  readonly scripts: Map<string, ActionScript>;
  /** Actions that the simulator leaves to the test. */
  readonly actions: Map<string, OnAction>;
}

/** By default a created task prepares for one second, runs for two and succeeds. */
export const defaultOnCreate: OnCreate = () => ({
  timeline: [
    { status: 'preparing', forMs: 1000 },
    { status: 'running', forMs: 2000 },
    { status: 'succeed', message: 'ok' },
  ],
});

/**
 * Does what the request asks and returns the fields of `Response`, without `RequestId`.
 *
 * @param strikeList - the faults of the list, asked for only when there is one to tell
 * @throws ApiRefusal
 */
export function act(request: ReceivedRequest, account: Account, strikeList: () => readonly StruckList[]): ApiFields {
  const action = request.header('x-tc-action') ?? '';
  const region = request.header('x-tc-region') ?? '';
  const script = account.scripts.get(action);
  if (script && 'error' in script) return answer(script);
  if (script && 'answer' in script) return script.answer;
  const own = account.actions.get(action);
  if (own && !script) return answer(own(readAnyParameters(request), region));

  if (isChange(action)) {
    // The others have too many parameters to check.
    if (ACTIONS.has(action)) readParameters(request, action);
    return change(action, readAnyParameters(request), region, account);
  }
  const parameters = readParameters(request, action);
  if (action === 'DescribeInstances') return describeInstances(parameters, region, account.instances);
  if (action === 'DescribeInstanceDealDetail') {
    return describeDeal(parameters, region, account.instances, account.dealParameters);
  }
  if (action === 'DescribeTaskList') return list(parameters, region, account, strikeList());
  const task = account.tasks.observe(parameters['TaskId'] ?? '', region);
  if (!task) throw new ApiRefusal(account.unknownTaskCode);
  return task;
}

function answer(given: ActionAnswer): ApiFields {
  if (given.error) throw new ApiRefusal(given.error.code, given.error.message);
  return given;
}

/** `Limit` and `Offset` are set right rather than refused. Whose a task is, is not known: `OperateUin` filters nothing. */
function list(
  parameters: Parameters,
  region: string,
  { tasks, serverNowMs }: Account,
  faults: readonly StruckList[],
): ApiFields {
  const limit = Math.min(Number(parameters['Limit'] ?? 20) || 20, 100);
  const offset = Math.floor(Number(parameters['Offset'] ?? 0) / limit) * limit;
  const { InstanceId, InstanceName, BeginTime, EndTime } = parameters;
  const query = {
    ...{ region, limit, offset, beginTime: BeginTime, endTime: EndTime },
    // An instance without a name has its id as name.
    instanceIds: [InstanceId, InstanceName].filter((id) => id !== undefined),
    taskTypes: items(parameters['TaskTypes']),
    results: items(parameters['Result'])?.map(Number),
  };
  const nowMs = tasks.now();
  const { totalCount, tasks: page } = tasks.list.read(query, faults, nowMs);
  const aheadMs = serverNowMs() - nowMs;
  const rows = page.map(({ taskId, facts: { StartTime, InstanceId }, typeCode, result, endedAtMs }) => ({
    TaskId: Number(taskId),
    StartTime,
    TaskType: typeCode,
    InstanceName: InstanceId,
    InstanceId,
    ProjectId: 0,
    Progress: endedAtMs === undefined ? 0 : 1,
    EndTime: endedAtMs === undefined ? '0000-00-00 00:00:00' : inBeijing(endedAtMs + aheadMs),
    Result: result,
  }));
  return { TotalCount: totalCount, Tasks: rows };
}
