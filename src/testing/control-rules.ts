// What may be scripted over HTTP, as schemas: the same JSON as in TypeScript.
import * as v from 'valibot';
import { factsOf } from '../contract/action/actions.js';
import { numberBetween, objectWith } from '../contract/fields.js';
import { isChange } from './changes.js';
import type { Fault } from './faults.js';

const TEXT = v.string('must be a text');
const ms = numberBetween(0, Number.MAX_SAFE_INTEGER, 'Milliseconds');
const flag = v.boolean('must be true or false');
const count = v.message(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 'must be an integer from 1 on');
const amount = v.message(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 'must be an integer from 0 on');
const integer = v.message(v.pipe(v.number(), v.safeInteger()), 'must be an integer');
const httpStatus = v.message(
  v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
  'must be an HTTP status from 200 to 599',
);
const share = v.exactOptional(numberBetween(0, 1, 'Share'));
const lasts = { forMs: v.exactOptional(ms), forPolls: v.exactOptional(count) };

/** @param example - of a step */
function timelineOf<E extends v.ObjectEntries>(step: E, example: string) {
  return v.pipe(
    v.array(objectWith({ ...step, ...lasts }, 'timeline.'), `must be a list of steps, such as [${example}]`),
    v.nonEmpty('must have at least one step'),
  );
}

const TASK_STATUS = { status: v.pipe(TEXT, v.nonEmpty('must not be empty')), message: v.exactOptional(TEXT) };
const INSTANCE_STATUS = {
  status: integer,
  subStatus: v.exactOptional(integer),
  listed: v.exactOptional(flag),
  locked: v.exactOptional(flag),
  memSizeMb: v.exactOptional(count),
  shards: v.exactOptional(count),
  replicas: v.exactOptional(amount),
  typeId: v.exactOptional(integer),
};
const DEAL_STATUS = {
  status: integer,
  instanceIds: v.exactOptional(v.array(TEXT, 'must be a list of instance ids')),
  listed: v.exactOptional(flag),
  description: v.exactOptional(TEXT),
};

const TASK = {
  timeline: timelineOf(TASK_STATUS, '{ "status": "succeed" }'),
  region: v.exactOptional(TEXT),
  instanceId: v.exactOptional(TEXT),
  taskType: v.exactOptional(TEXT),
  typeCode: v.exactOptional(TEXT),
  startTime: v.exactOptional(TEXT),
  visibleAfterMs: v.exactOptional(ms),
  startsAt: v.exactOptional(v.picklist(['added', 'firstPoll'], 'must be "added" or "firstPoll"')),
};
const INSTANCE = {
  timeline: timelineOf(INSTANCE_STATUS, '{ "status": 2 }'),
  region: v.exactOptional(TEXT),
  createTime: v.exactOptional(TEXT),
};
const DEAL = {
  timeline: timelineOf(DEAL_STATUS, '{ "status": 4 }'),
  region: v.exactOptional(TEXT),
  goodsNum: v.exactOptional(count),
  namedBy: v.exactOptional(v.picklist(['DealName', 'DealId', 'both'], 'must be "DealName", "DealId" or "both"')),
};

/** What a path can be told, by what it names. */
export const RULES: Readonly<
  Record<'task' | 'instance' | 'deal', Readonly<Record<'script' | 'status', v.GenericSchema<unknown, object>>>>
> = {
  task: { script: objectWith(TASK), status: objectWith(TASK_STATUS) },
  instance: { script: objectWith(INSTANCE), status: objectWith(INSTANCE_STATUS) },
  deal: { script: objectWith(DEAL), status: objectWith(DEAL_STATUS) },
};

const ANSWER = v.record(v.string(), v.unknown(), 'must be an object: the fields of Response');
const ERROR = objectWith({ code: TEXT, message: v.exactOptional(TEXT) }, 'error.');
const ANY_ACTION = { error: v.exactOptional(ERROR), answer: v.exactOptional(ANSWER) };
const STARTS = {
  task: v.exactOptional(
    objectWith({ ...TASK, taskIdAsString: v.exactOptional(flag), noTaskId: v.exactOptional(integer) }, 'task.'),
  ),
};
const ORDERS = {
  deal: v.exactOptional(objectWith(DEAL, 'deal.')),
  instances: v.exactOptional(v.record(v.string(), objectWith(INSTANCE), 'must be an object of instances by id')),
  task: v.exactOptional(objectWith(TASK, 'task.')),
  tellsInstances: v.exactOptional(flag),
};

/** What an action can be told: by whether it starts a task, an order, or nothing. */
export function actionRule(action: string) {
  const [entries, one] = !isChange(action)
    ? ([ANY_ACTION, ['answer', 'error']] as const)
    : factsOf(action).isDeal
      ? ([{ ...ANY_ACTION, ...ORDERS }, ['deal', 'answer', 'error']] as const)
      : ([{ ...ANY_ACTION, ...STARTS }, ['task', 'answer', 'error']] as const);
  return v.pipe(
    objectWith(entries as v.ObjectEntries),
    v.check(
      (script) => one.filter((name) => Object.hasOwn(script, name)).length === 1,
      `must have one of ${one.join(', ')}`,
    ),
  );
}

/** The fields of each fault. */
const FAULTS: Readonly<Record<Fault['kind'], v.ObjectEntries>> = {
  throttled: { code: v.exactOptional(TEXT) },
  error: { code: TEXT, message: v.exactOptional(TEXT) },
  status: TASK_STATUS,
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
  listResult: { result: integer, share },
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

const KINDS = Object.keys(FAULTS) as Fault['kind'][];

export const ANY_FAULT = v.looseObject(
  { kind: v.picklist(KINDS, `must be one of ${KINDS.join(', ')}`) },
  'must be an object',
);

export function faultRule(kind: Fault['kind']) {
  return objectWith({ kind: v.literal(kind), ...FAULTS[kind], ...SCOPE });
}
