import type { ReceivedRequest } from './http-server.js';
import { ApiRefusal, invalidType, missingParameter } from './refusals.js';

/** Unsigned 64-bit integers, which JSON numbers cannot all hold, times of a zone that is not told, text, and lists. */
type ParameterType = 'uint64' | 'time' | 'text' | 'integers' | 'texts';
type ParameterRules = Readonly<Record<string, { readonly type: ParameterType; readonly required?: boolean }>>;

const instance = { InstanceId: { type: 'text', required: true } } as const;

/** The simulated actions and their parameters. */
export const ACTIONS: ReadonlyMap<string, ParameterRules> = new Map<string, ParameterRules>([
  ['DescribeTaskInfo', { TaskId: { type: 'uint64', required: true } }],
  [
    'DescribeTaskList',
    {
      InstanceId: { type: 'text' },
      InstanceName: { type: 'text' },
      Limit: { type: 'uint64' },
      Offset: { type: 'uint64' },
      TaskTypes: { type: 'texts' },
      BeginTime: { type: 'time' },
      EndTime: { type: 'time' },
      Result: { type: 'integers' },
      OperateUin: { type: 'texts' },
    },
  ],
  [
    'DescribeInstances',
    {
      InstanceId: { type: 'text' },
      InstanceIds: { type: 'texts' },
      Status: { type: 'integers' },
      Limit: { type: 'uint64' },
      Offset: { type: 'uint64' },
    },
  ],
  ['DescribeInstanceDealDetail', { DealIds: { type: 'texts' }, DealName: { type: 'text' } }],
  ['ClearInstance', { ...instance, Password: { type: 'text' } }],
  ['ManualBackupInstance', { ...instance, Remark: { type: 'text' }, StorageDays: { type: 'uint64' } }],
]);

/** Parameters as text: of an integer all digits, however long it is, of a list its items with commas between. */
export type Parameters = Readonly<Record<string, string>>;

/** The items of a list of parameters. An empty list filters nothing. */
export function items(list = ''): readonly string[] | undefined {
  return list === '' ? undefined : list.split(',');
}

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Reads the parameters of a request. Unknown ones are refused first, then missing and wrong ones. @throws ApiRefusal */
export function readParameters(request: ReceivedRequest, action: string): Parameters {
  const rules = ACTIONS.get(action) ?? {};
  const given = readAnyParameters(request);
  const unknown = Object.keys(given).find((name) => given[name] !== null && !Object.hasOwn(rules, name));
  if (unknown !== undefined) {
    throw new ApiRefusal('UnknownParameter', `The parameter \`${unknown}\` is not recognized.`);
  }
  const parameters: Record<string, string> = {};
  for (const [name, { type, required }] of Object.entries(rules)) {
    const value = given[name] ?? undefined;
    if (value === undefined && required) throw missingParameter(name);
    if (value === undefined) continue;
    const text = readText(request, name, type, value);
    if (text === undefined) throw invalidType(name);
    parameters[name] = text;
  }
  return parameters;
}

/** A parameter as text; undefined if it is not of its type. */
function readText(request: ReceivedRequest, name: string, type: ParameterType, value: unknown): string | undefined {
  switch (type) {
    case 'uint64':
      return typeof value === 'object' ? undefined : readUint64(request, name);
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'time':
      return typeof value === 'string' && TIME.test(value) ? value : undefined;
    case 'integers':
    case 'texts': {
      const isText = type === 'texts' || request.method === 'GET';
      const isOfType = (item: unknown) => (isText ? typeof item === 'string' : Number.isSafeInteger(item));
      return Array.isArray(value) && value.every(isOfType) ? value.join(',') : undefined;
    }
  }
}

/** The parameters of a request, whatever they are. @throws ApiRefusal */
export function readAnyParameters({ method, query, body }: ReceivedRequest): Readonly<Record<string, unknown>> {
  return method === 'GET' ? readQuery(query) : parseObject(body?.toString() ?? '');
}

/** In a query, the items of a list are `Result.0`, `Result.1` and so on. */
function readQuery(query: string): Readonly<Record<string, unknown>> {
  const given: Record<string, unknown> = {};
  const lists: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const list = /^(\w+)\.\d+$/.exec(name)?.[1];
    if (list === undefined) given[name] = value;
    else (lists[list] ??= []).push(value);
  }
  return { ...given, ...lists };
}

/** The task id of a request that has not been checked yet, for matching faults; undefined if none can be seen. */
export function peekTaskId(request: ReceivedRequest): string | undefined {
  return readUint64(request, 'TaskId');
}

/** Reads the digits as sent: JSON.parse rounds beyond 2^53, and hides that `18215.0` is not an integer. */
function readUint64({ method, query, body }: ReceivedRequest, name: string): string | undefined {
  const isQuery = method === 'GET';
  const pattern = isQuery ? `(?:^|&)${name}=(\\d{1,20})(?:&|$)` : `"${name}"\\s*:\\s*(\\d{1,20})\\s*[,}]`;
  const digits = new RegExp(pattern).exec(isQuery ? query : (body?.toString() ?? ''))?.[1];
  return digits !== undefined && BigInt(digits) <= MAX_UINT64 ? BigInt(digits).toString() : undefined;
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(json.trim() || '{}');
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Refused below.
  }
  throw new ApiRefusal('InvalidParameter', 'The request body is not a valid JSON object.');
}
