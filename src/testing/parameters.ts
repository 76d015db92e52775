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

/** One value in the types that it can be read as: a query's `5` as both, JSON's `true` as neither. */
type Given = Readonly<Partial<Record<ParameterType, string | undefined>>>;

const MAX_UINT64 = 2n ** 64n - 1n;

/** Reads the parameters of a request. Unknown ones are refused first, then missing and wrong ones. @throws ApiRefusal */
export function readParameters(request: ReceivedRequest, rules: ParameterRules): Parameters {
  const given = request.method === 'GET' ? fromQuery(request.query) : fromJson(request.body?.toString('utf8') ?? '');
  const unknown = [...given.keys()].find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined) {
    throw new ApiRefusal('UnknownParameter', `The parameter \`${unknown}\` is not recognized.`);
  }
  const parameters: Record<string, string> = {};
  for (const [name, { type, required }] of Object.entries(rules)) {
    const value = given.get(name);
    if (!value && required) throw missingParameter(name);
    if (!value) continue;
    const text = value[type];
    if (text === undefined || (type === 'uint64' && BigInt(text) > MAX_UINT64)) throw invalidType(name);
    parameters[name] = type === 'uint64' ? BigInt(text).toString() : text;
  }
  return parameters;
}

/** The task id of a request that has not been checked yet, for matching faults; undefined if none can be seen. */
export function peekTaskId(request: ReceivedRequest): string | undefined {
  const where = request.method === 'GET' ? request.query : (request.body?.toString('utf8', 0, 1000) ?? '');
  return /(?:^|&)TaskId=(\d{1,20})(?:&|$)|"TaskId"\s*:\s*(\d{1,20})\s*[,}]/.exec(where)?.slice(1).find(Boolean);
}

function fromQuery(query: string): Map<string, Given> {
  const pairs = [...new URLSearchParams(query)];
  return new Map(pairs.map(([name, text]) => [name, { text, uint64: /^\d{1,20}$/.exec(text)?.[0] }]));
}

function fromJson(json: string): Map<string, Given> {
  if (json.trim() === '') return new Map();
  const given = Object.entries(parseObject(json)).filter(([, value]) => value !== null);
  return new Map(given.map(([name, value]: [string, unknown]) => [name, readJsonValue(name, value, json)]));
}

function readJsonValue(name: string, value: unknown, json: string): Given {
  if (typeof value === 'string') return { text: value };
  if (typeof value !== 'number' || /\W/.test(name)) return {};
  // The digits as sent: JSON.parse rounds beyond 2^53, and hides that `18215.0` is not an integer.
  return { uint64: new RegExp(`"${name}"\\s*:\\s*(\\d{1,20})\\s*[,}]`).exec(json)?.[1] };
}

function parseObject(json: string): object {
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Refused below.
  }
  throw new ApiRefusal('InvalidParameter', 'The request body is not a valid JSON object.');
}
