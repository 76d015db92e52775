import type { ReceivedRequest } from './http-server.js';
import { ApiRefusal, invalidType, missingParameter } from './refusals.js';

/** Unsigned 64-bit integers, which JSON numbers cannot all hold, and text. */
type ParameterType = 'uint64' | 'text';
type ParameterRules = Readonly<Record<string, { readonly type: ParameterType; readonly required?: boolean }>>;

const instance = { InstanceId: { type: 'text', required: true } } as const;

/** The simulated actions and their parameters. */
export const ACTIONS: ReadonlyMap<string, ParameterRules> = new Map<string, ParameterRules>([
  ['DescribeTaskInfo', { TaskId: { type: 'uint64', required: true } }],
  ['ClearInstance', { ...instance, Password: { type: 'text' } }],
  ['ManualBackupInstance', { ...instance, Remark: { type: 'text' }, StorageDays: { type: 'uint64' } }],
]);

/** Parameters as text: of an integer all digits, however long it is. */
export type Parameters = Readonly<Record<string, string>>;

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
    const text = type === 'uint64' && typeof value !== 'object' ? readUint64(request, name) : value;
    if (typeof text !== 'string') throw invalidType(name);
    parameters[name] = text;
  }
  return parameters;
}

/** The parameters of a request, whatever they are. @throws ApiRefusal */
export function readAnyParameters({ method, query, body }: ReceivedRequest): Readonly<Record<string, unknown>> {
  return method === 'GET' ? Object.fromEntries(new URLSearchParams(query)) : parseObject(body?.toString() ?? '');
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
