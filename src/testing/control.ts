import * as v from 'valibot';
import { read } from '../contract/fields.js';
import type { ActionScript, ExecutedChange } from './account.js';
import type { SimulatorCall, SimulatorStats } from './call-log.js';
import { actionRule, ANY_FAULT, faultRule, RULES } from './control-rules.js';
import type { Fault, FaultScope } from './faults.js';
import type { ReceivedRequest } from './http-server.js';
import type { DealScript, DealStep, InstanceScript, InstanceStep } from './instances.js';
import type { Reply } from './reply.js';
import type { TaskScript, TaskStep } from './task-script.js';

/** Where a simulator is scripted over HTTP. The API itself has only the path `/`. */
export const CONTROL_PATH = '/_simulator/';

const ROUTES = [
  ...['tasks', 'instances', 'deals'].flatMap((kind) => [`${kind}/<id>`, `${kind}/<id>/status`]),
  ...['actions/<action>', 'executed', 'faults', 'calls'],
]
  .map((route) => CONTROL_PATH + route)
  .join(', ');

/** What of a simulator is scripted. */
interface Scripted {
  task(taskId: string): object | undefined;
  addTask(taskId: string, script: TaskScript): void;
  setTask(taskId: string, step: TaskStep): void;
  removeTask(taskId: string): void;
  instance(instanceId: string): object | undefined;
  addInstance(instanceId: string, script: InstanceScript): void;
  setInstance(instanceId: string, step: InstanceStep): void;
  removeInstance(instanceId: string): void;
  deal(dealName: string): object | undefined;
  addDeal(dealName: string, script: DealScript): void;
  setDeal(dealName: string, step: DealStep): void;
  removeDeal(dealName: string): void;
  scriptAction(action: string, script: ActionScript | undefined): void;
  fault(fault: Fault, scope: FaultScope): void;
  clearFaults(): void;
  stats(): SimulatorStats;
  readonly calls: readonly SimulatorCall[];
  readonly executed: readonly ExecutedChange[];
}

/** Something that has a name and a timeline. */
interface Kind {
  readonly what: 'task' | 'instance' | 'deal';
  readonly id: RegExp;
  readonly rule: string;
  look(simulator: Scripted, id: string): object | undefined;
  add(simulator: Scripted, id: string, script: never): void;
  set(simulator: Scripted, id: string, step: never): void;
  remove(simulator: Scripted, id: string): void;
}

const NAME = { id: /^[\w.-]{1,128}$/, rule: 'must be letters, digits, "-", "_" and "."' };

const KINDS: Readonly<Record<string, Kind>> = {
  tasks: {
    what: 'task',
    id: /^\d{1,20}$/,
    rule: 'must be an integer',
    look: (simulator, id) => simulator.task(id),
    add: (simulator, id, script) => simulator.addTask(id, script),
    set: (simulator, id, step) => simulator.setTask(id, step),
    remove: (simulator, id) => simulator.removeTask(id),
  },
  instances: {
    what: 'instance',
    ...NAME,
    look: (simulator, id) => simulator.instance(id),
    add: (simulator, id, script) => simulator.addInstance(id, script),
    set: (simulator, id, step) => simulator.setInstance(id, step),
    remove: (simulator, id) => simulator.removeInstance(id),
  },
  deals: {
    what: 'deal',
    ...NAME,
    look: (simulator, id) => simulator.deal(id),
    add: (simulator, id, script) => simulator.addDeal(id, script),
    set: (simulator, id, step) => simulator.setDeal(id, step),
    remove: (simulator, id) => simulator.removeDeal(id),
  },
};

/**
 * Scripts a simulator over HTTP, for environments whose tests run in another process or another language.
 *
 * @param isRemoteAllowed - whether other machines may, too
 */
export function control(simulator: Scripted, request: ReceivedRequest, isRemoteAllowed: boolean): Reply {
  if (!request.isLocal && !isRemoteAllowed) {
    return refuse(403, 'Only this machine may script the simulator. Start it with --remote-control to allow others.');
  }
  try {
    return route(simulator, request, request.path.slice(CONTROL_PATH.length).split('/'));
  } catch (error) {
    return refuse(400, (error as Error).message);
  }
}

function route(simulator: Scripted, request: ReceivedRequest, [name = '', ...path]: string[]): Reply {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  const reply = kind ? routeOf(kind, simulator, request, path) : otherRoute(simulator, request, name, path);
  return reply ?? refuse(404, `There is no ${request.method} ${request.path}. Paths: ${ROUTES}.`);
}

/** What has a timeline is added or replaced, moved, read and removed. */
function routeOf(
  kind: Kind,
  simulator: Scripted,
  request: ReceivedRequest,
  [given, ...more]: string[],
): Reply | undefined {
  const { what } = kind;
  if (given === undefined) return undefined;
  const id = () => {
    if (kind.id.test(given)) return given;
    throw new Error(`The ${what} id in the path ${kind.rule}, not ${JSON.stringify(given)}.`);
  };
  const known = (then: () => Reply) =>
    kind.look(simulator, id()) ? then() : refuse(404, `There is no ${what} ${given}: PUT it first.`);
  switch ([request.method, ...more].join(' ')) {
    case 'GET':
      return known(() => answer(200, kind.look(simulator, given)));
    case 'PUT':
      kind.add(simulator, id(), readBody(RULES[what].script, request, `The ${what}`) as never);
      return answer(204);
    case 'PUT status':
      return known(() => {
        kind.set(simulator, given, readBody(RULES[what].status, request, 'The status') as never);
        return answer(204);
      });
    case 'DELETE':
      return known(() => {
        kind.remove(simulator, given);
        return answer(204);
      });
    default:
      return undefined;
  }
}

function otherRoute(
  simulator: Scripted,
  request: ReceivedRequest,
  name: string,
  path: readonly string[],
): Reply | undefined {
  const [action = ''] = path;
  switch ([request.method, name, ...path.map((_, index) => (index === 0 ? 'id' : 'more'))].join(' ')) {
    case 'PUT actions id':
      if (!/^[A-Z]\w{1,63}$/.test(action)) throw new Error(`The action in the path must be a name of the API.`);
      simulator.scriptAction(action, readBody(actionRule(action), request, action) as ActionScript);
      return answer(204);
    case 'DELETE actions id':
      simulator.scriptAction(action, undefined);
      return answer(204);
    case 'GET executed':
      return answer(200, { executed: simulator.executed.map(withoutPasswords) });
    case 'PUT faults':
      return setFaults(simulator, readBody(v.array(v.unknown(), 'must be a list'), request, 'The list of faults'));
    case 'GET calls': {
      const taskId = new URLSearchParams(request.query).get('taskId');
      const calls = simulator.calls.filter((call) => taskId === null || call.taskId === taskId);
      return answer(200, { calls, stats: simulator.stats() });
    }
    default:
      return undefined;
  }
}

/** Replaces all faults. None is set unless all are valid. */
function setFaults(simulator: Scripted, faults: readonly unknown[]): Reply {
  const valid = faults.map((fault, index) => {
    const name = `fault ${index}`;
    const { kind } = readValue(ANY_FAULT, fault, name);
    return readValue(faultRule(kind), fault, name);
  });
  simulator.clearFaults();
  for (const { times, taskId, action, probability, forMs, ...fault } of valid) {
    const scope = { times, taskId, action, probability, forMs };
    const given = Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined));
    simulator.fault(fault as unknown as Fault, given);
  }
  return answer(204);
}

/** Who reads what was done need not see the passwords that were sent. */
function withoutPasswords(executed: object): unknown {
  return JSON.parse(
    JSON.stringify(executed, (name, value: unknown) =>
      /passw(or)?d/i.test(name) && typeof value === 'string' ? '(hidden)' : value,
    ),
  );
}

function readBody<T>(schema: v.GenericSchema<unknown, T>, { body }: ReceivedRequest, name: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body?.toString() ?? '');
  } catch {
    throw new Error(`${name} must be JSON in the body of the request.`);
  }
  return readValue(schema, value, name);
}

function readValue<T>(schema: v.GenericSchema<unknown, T>, value: unknown, name: string): T {
  return read(schema, value, name, `${name}: %.`);
}

function answer(status: number, fields?: object): Reply {
  const headers = fields ? { 'Content-Type': 'application/json' } : {};
  const body = fields ? `${JSON.stringify(fields, null, 2)}\n` : '';
  return { outcome: 'control', wire: 'answer', httpStatus: status, headers, body };
}

function refuse(status: number, error: string): Reply {
  return answer(status, { error });
}
