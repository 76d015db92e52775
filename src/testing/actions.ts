import type { Account, ActionAnswer, OnCreate } from './account.js';
import { inBeijing } from './beijing-time.js';
import { change, isChange } from './changes.js';
import type { StruckList } from './faults.js';
import type { ReceivedRequest } from './http-server.js';
import { describeDeal, describeInstances } from './instance-actions.js';
import { ACTIONS, items, type Parameters, readAnyParameters, readParameters } from './parameters.js';
import { ApiRefusal } from './refusals.js';
import type { ApiFields } from './reply.js';

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
