import * as v from 'valibot';
import { numberBetween, objectWith, read } from '../contract/fields.js';
import type { Fault } from './faults.js';
import type { ReceivedRequest } from './http-server.js';
import type { RedisApiSimulator } from './redis-api-simulator.js';
import type { Reply } from './reply.js';

/** Where a simulator is scripted over HTTP. The API itself has only the path `/`. */
export const CONTROL_PATH = '/_simulator/';

const ROUTES = `${CONTROL_PATH}tasks/<id>, ${CONTROL_PATH}tasks/<id>/status, ${CONTROL_PATH}faults and ${CONTROL_PATH}calls`;

const TEXT = v.string('must be a text');
const ms = numberBetween(0, Number.MAX_SAFE_INTEGER, 'Milliseconds');
const count = v.message(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 'must be an integer from 1 on');
const httpStatus = v.message(
  v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
  'must be an HTTP status from 200 to 599',
);

const share = v.exactOptional(numberBetween(0, 1, 'Share'));

const STATUS = { status: v.pipe(TEXT, v.nonEmpty('must not be empty')), message: v.exactOptional(TEXT) };

const STEP = objectWith({ ...STATUS, forMs: v.exactOptional(ms), forPolls: v.exactOptional(count) }, 'timeline.');

const SCRIPT = objectWith({
  timeline: v.pipe(
    v.array(STEP, 'must be a list of steps, such as [{ "status": "succeed" }]'),
    v.nonEmpty('must have at least one step'),
  ),
  region: v.exactOptional(TEXT),
  instanceId: v.exactOptional(TEXT),
  taskType: v.exactOptional(TEXT),
  startTime: v.exactOptional(TEXT),
  visibleAfterMs: v.exactOptional(ms),
  startsAt: v.exactOptional(v.picklist(['added', 'firstPoll'], 'must be "added" or "firstPoll"')),
});

/** The fields of each fault. */
const FAULTS: Readonly<Record<Fault['kind'], v.ObjectEntries>> = {
  throttled: { code: v.exactOptional(TEXT) },
  error: { code: TEXT, message: v.exactOptional(TEXT) },
  status: STATUS,
  html: { httpStatus },
  http: { status: httpStatus, body: TEXT, headers: v.exactOptional(v.record(v.string(), TEXT, 'must be an object')) },
  slow: { delayMs: ms },
  empty: {},
  missingResponse: {},
  missingStatus: {},
  truncated: {},
  cutOff: {},
  lostAnswer: {},
  reset: {},
  resetIdle: {},
  hang: {},
  listLag: { lagMs: ms },
  listHidden: { share },
  listStuck: { share },
  listResult: { result: v.message(v.pipe(v.number(), v.safeInteger()), 'must be an integer'), share },
  listSkip: {},
};

const SCOPE = {
  times: v.exactOptional(count),
  taskId: v.exactOptional(
    v.message(v.union([count, v.pipe(v.string(), v.regex(/^\d+$/))]), 'must be a task id: an integer, or its digits'),
  ),
  action: v.exactOptional(TEXT),
  probability: v.exactOptional(numberBetween(0, 1, 'Probability')),
  forMs: v.exactOptional(ms),
};

/**
 * Scripts a simulator over HTTP, for environments whose tests run in another process or another language.
 *
 * @param isRemoteAllowed - whether other machines may, too
 */
export function control(simulator: RedisApiSimulator, request: ReceivedRequest, isRemoteAllowed: boolean): Reply {
  if (!request.isLocal && !isRemoteAllowed) {
    return refuse(403, 'Only this machine may script the simulator. Start it with --remote-control to allow others.');
  }
  try {
    return route(simulator, request, request.path.slice(CONTROL_PATH.length).split('/'));
  } catch (error) {
    return refuse(400, (error as Error).message);
  }
}

function route(simulator: RedisApiSimulator, request: ReceivedRequest, [kind, id, what, ...rest]: string[]): Reply {
  const target = [request.method, kind, id === undefined ? '' : 'id', what ?? '', ...rest].join(' ').trim();
  switch (target) {
    case 'GET tasks id':
      return ifKnown(simulator, id, ({ task }) => answer(200, task));
    case 'PUT tasks id':
      simulator.addTask(taskIdOf(id), readBody(SCRIPT, request, 'The task'));
      return answer(204);
    case 'PUT tasks id status':
      return ifKnown(simulator, id, ({ taskId }) => {
        simulator.setTask(taskId, readBody(objectWith(STATUS), request, 'The status'));
        return answer(204);
      });
    case 'DELETE tasks id':
      return ifKnown(simulator, id, ({ taskId }) => {
        simulator.removeTask(taskId);
        return answer(204);
      });
    case 'PUT faults':
      return setFaults(simulator, readBody(v.array(v.unknown(), 'must be a list'), request, 'The list of faults'));
    case 'GET calls': {
      const taskId = new URLSearchParams(request.query).get('taskId');
      const calls = simulator.calls.filter((call) => taskId === null || call.taskId === taskId);
      return answer(200, { calls, stats: simulator.stats() });
    }
    default:
      return refuse(404, `There is no ${request.method} ${request.path}. Paths: ${ROUTES}.`);
  }
}

/** Replaces all faults. None is set unless all are valid. */
function setFaults(simulator: RedisApiSimulator, faults: readonly unknown[]): Reply {
  const kinds = Object.keys(FAULTS) as Fault['kind'][];
  const anyKind = v.looseObject({ kind: v.picklist(kinds, `must be one of ${kinds.join(', ')}`) }, 'must be an object');
  const valid = faults.map((fault, index) => {
    const name = `fault ${index}`;
    const { kind } = readValue(anyKind, fault, name);
    return readValue(objectWith({ kind: v.literal(kind), ...FAULTS[kind], ...SCOPE }), fault, name);
  });
  simulator.clearFaults();
  for (const { times, taskId, action, probability, forMs, ...fault } of valid) {
    const scope = { times, taskId, action, probability, forMs };
    const given = Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined));
    simulator.fault(fault as unknown as Fault, given);
  }
  return answer(204);
}

function ifKnown(
  simulator: RedisApiSimulator,
  id: string | undefined,
  then: (known: { readonly taskId: string; readonly task: object }) => Reply,
): Reply {
  const taskId = taskIdOf(id);
  const task = simulator.task(taskId);
  return task ? then({ taskId, task }) : refuse(404, `There is no task ${taskId}: PUT it first.`);
}

function taskIdOf(id = ''): string {
  if (/^\d{1,20}$/.test(id)) return id;
  throw new Error(`The task id in the path must be an integer, not ${JSON.stringify(id)}.`);
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
