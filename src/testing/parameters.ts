import { ApiRefusal, invalidType, missingParameter, unknownParameter } from './api-refusal.js';
import type { ReceivedRequest } from './received-request.js';

/** What an action takes: unsigned 64-bit integers, which JSON numbers cannot all hold, and text. */
export type ParameterRules = Readonly<
  Record<string, { readonly type: 'uint64' | 'text'; readonly required?: boolean }>
>;

/** Parameters as text: an integer by its digits, so that no digit of a long id is lost. */
export type Parameters = Readonly<Record<string, string>>;

const MAX_UINT64 = 2n ** 64n - 1n;

/** Reads the parameters of a request by an action's rules: unknown ones are refused first, then absent, then wrong ones. */
export function readParameters(request: ReceivedRequest, rules: ParameterRules): Parameters {
  const given = request.method === 'GET' ? fromQuery(request.query) : fromJson(request);
  const unknown = [...given.keys()].find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined) throw unknownParameter(unknown);

  const parameters: Record<string, string> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = given.get(name);
    if (value !== undefined) parameters[name] = read(name, rule.type, value);
    else if (rule.required) throw missingParameter(name);
  }
  return parameters;
}

/** The task id of a request, for matching faults before anything is checked; undefined when there is none to be seen. */
export function peekTaskId(request: ReceivedRequest): string | undefined {
  const where = request.method === 'GET' ? request.query : (request.body?.toString('utf8', 0, 1000) ?? '');
  return /(?:^|&)TaskId=(\d{1,20})(?:&|$)|"TaskId"\s*:\s*(\d{1,20})\s*[,}]/.exec(where)?.slice(1).find(Boolean);
}

/** One value as far as it was understood: a query's `5` may be both, JSON's `true` is neither. */
interface Given {
  readonly digits?: string | undefined;
  readonly text?: string;
}

function read(name: string, type: 'uint64' | 'text', value: Given): string {
  if (type === 'text') {
    if (value.text === undefined) throw invalidType(name);
    return value.text;
  }
  const { digits = '' } = value;
  if (digits === '' || digits.length > 20 || BigInt(digits) > MAX_UINT64) throw invalidType(name);
  return BigInt(digits).toString();
}

function fromQuery(query: string): Map<string, Given> {
  const pairs = [...new URLSearchParams(query)];
  return new Map(pairs.map(([name, text]) => [name, { text, digits: /^\d+$/.exec(text)?.[0] }]));
}

function fromJson(request: ReceivedRequest): Map<string, Given> {
  const json = request.body?.toString('utf8') ?? '';
  if (json.trim() === '') return new Map();
  const given = Object.entries(parseObject(json)).filter(([, value]) => value !== null);
  return new Map(given.map(([name, value]: [string, unknown]) => [name, describe(name, value, json)]));
}

function describe(name: string, value: unknown, json: string): Given {
  if (typeof value === 'string') return { text: value };
  if (typeof value !== 'number' || /\W/.test(name)) return {};
  // The digits as sent: JSON.parse rounds beyond 2^53 and hides that `18215.0` was no integer.
  return { digits: new RegExp(`"${name}"\\s*:\\s*(\\d+)\\s*[,}]`).exec(json)?.[1] };
}

function parseObject(text: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new ApiRefusal('InvalidParameter', 'The request body is not a valid JSON object.');
}
