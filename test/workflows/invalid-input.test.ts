// The rules of the input: whatever is sent, the wait ends as RedisTaskInvalidInput. What is wrong with one field is sent to
// the workflow in the SDK's sandbox; what a server could make something else of goes through a real one.
import { RawValue } from '@temporalio/common';
import { failed } from '../explore/ending.js';
import { payloads, replayDifference, WorkflowVm } from '../explore/virtual/workflow-vm.js';
import { devServer } from '../support/environments.js';
import { eventNames } from '../support/histories.js';
import { failureOf, REGION, Waits } from '../support/waits.js';

const valid = { taskId: 18_215, region: REGION };

/** An argument as another SDK could put it on the wire. */
function json(text: string): RawValue {
  const encoded = new TextEncoder();
  return RawValue.fromPayload({ metadata: { encoding: encoded.encode('json/plain') }, data: encoded.encode(text) });
}

/** What is wrong, the arguments, the field that is named, and what the message says of it. */
type Row = readonly [what: string, args: readonly unknown[], field: string, said: string];

const wrongInputs: readonly Row[] = [
  ['no argument', [], 'input', 'input is missing, but it must be a JSON object'],
  ['null', [null], 'input', 'input is null'],
  ['an array', [[valid]], 'input', 'input is [{taskId, region}]'],
  ['a string', ['18215'], 'input', 'input is "18215"'],
  ['a number', [18_215], 'input', 'input is 18215'],
  ['a boolean', [true], 'input', 'input is true'],
  ['bytes', [new Uint8Array([1, 2])], '0', '0 is not a field'],
  ['an empty object', [{}], 'taskId', 'taskId is missing'],
  ['half a surrogate pair as a field', [json('{"\\ud800": 1}')], '\ufffd', 'is not a field'],
];

const taskIds: readonly (readonly [what: string, value: unknown, said: string])[] = [
  ['0', 0, '0 and negative ids mean that no task was created'],
  ['-0', json('{"taskId": -0, "region": "ap-guangzhou"}'), 'no task was created'],
  ['negative', -18_215, 'taskId is -18215'],
  ['a fraction', 1.5, 'taskId is 1.5'],
  ['null', null, 'taskId is null'],
  ['a boolean', true, 'taskId is true'],
  ['an array', [18_215], 'taskId is [18215]'],
  ['an object', { secret: 'hush' }, 'taskId is {secret}'],
  ['an empty string', '', 'taskId is ""'],
  ['"0"', '0', '0 means that no task was created'],
  ['"000"', '000', '0 means that no task was created'],
  ['a negative string', '-1', 'taskId is "-1"'],
  ['a string with a fraction', '1.0', 'taskId is "1.0"'],
  ['a string with a space', ' 1', 'taskId is " 1"'],
  ['a hexadecimal string', '0x10', 'taskId is "0x10"'],
  ['a string with an exponent', '1e3', 'taskId is "1e3"'],
  ['a string beyond 2^53-1', '9007199254740993', 'taskId is "9007199254740993", but it is too large'],
  ['a number beyond 2^53-1', json(`{"taskId": 9007199254740993, "region": "${REGION}"}`), 'may have been rounded'],
  ['a number beyond all', json(`{"taskId": 1e999, "region": "${REGION}"}`), 'send long ids as a string of digits'],
];
const wrongTaskIds = taskIds.map(([what, value, said]): Row => {
  const argument = value instanceof RawValue ? value : { ...valid, taskId: value };
  return [`a taskId that is ${what}`, [argument], 'taskId', said];
});

const fields: readonly (readonly [field: string, value: unknown, said: string])[] = [
  ['region', undefined, 'region is missing'],
  ['region', null, 'region is null'],
  ['region', 4, 'region is 4'],
  ['region', '', 'region is ""'],
  ['region', 'guangzhou', 'region is "guangzhou"'],
  ['region', 'ap-Guangzhou', 'region is "ap-Guangzhou"'],
  ['region', 'ap-guangzhou\n', 'region is "ap-guangzhou\\n"'],
  ['region', 'ap-x.evil.example', 'region is "ap-x.evil.example"'],
  ['region', `ap-${'x'.repeat(62)}`, 'at most 64 characters'],
  ['maxWait', null, 'leave the field out to have its default'],
  ['maxWait', '999ms', 'must be a duration from 1 s to 30 d'],
  ['maxWait', '31d', 'maxWait is "31d"'],
  ['maxWait', 999, 'maxWait is 999'],
  ['maxWait', -1, 'maxWait is -1'],
  ['maxWait', '2 hours', 'maxWait is "2 hours"'],
  ['maxWait', '-2h', 'maxWait is "-2h"'],
  ['maxWait', '2H', 'maxWait is "2H"'],
  ['maxWait', '1.h', 'maxWait is "1.h"'],
  ['maxWait', true, 'maxWait is true'],
  ['maxWait', '9'.repeat(400) + 'h', '999…, but'],
  ['polling', null, 'polling is null'],
  ['polling', '2s', 'polling is "2s"'],
  ['polling', [], 'polling is []'],
  ['polling.initialInterval', '0.9s', 'polling.initialInterval is "0.9s", but it must be a duration from 1 s to 1 h'],
  ['polling.initialInterval', '61m', 'polling.initialInterval is "61m"'],
  ['polling.maximumInterval', '61m', 'polling.maximumInterval is "61m"'],
  ['polling.backoffCoefficient', 0.9, 'polling.backoffCoefficient is 0.9, but it must be a number from 1 to 10'],
  ['polling.backoffCoefficient', 11, 'polling.backoffCoefficient is 11'],
  ['polling.backoffCoefficient', '2', 'polling.backoffCoefficient is "2"'],
  ['polling.jitter', -0.1, 'polling.jitter is -0.1, but it must be a number from 0 to 0.5'],
  ['polling.jitter', 0.6, 'polling.jitter is 0.6'],
  ['polling.jitter', null, 'polling.jitter is null'],
  ['polling.expectedDuration', 'soon', 'polling.expectedDuration is "soon"'],
  ['polling.expectedDuration', -1, 'polling.expectedDuration is -1'],
];
const wrongFields = fields.map(([field, value, said]): Row => {
  const [outer = '', inner] = field.split('.');
  const what = `a ${field} that is ${value === undefined ? 'missing' : JSON.stringify(value).slice(0, 30)}`;
  return [what, [{ ...valid, [outer]: inner ? { [inner]: value } : value }], field, said];
});

const wrongTogether: readonly Row[] = [
  [
    'a taskId of a million digits',
    [{ ...valid, taskId: '9'.repeat(1_000_000) }],
    'taskId',
    '999…, but it is too large',
  ],
  ['a region of many emoji', [{ ...valid, region: `ap-${'😀'.repeat(100)}` }], 'region', '😀…, but'],
  ['a region that is half a surrogate pair', [{ ...valid, region: '\ud800' }], 'region', 'region is "'],
  [
    'a field __proto__',
    [json(`{"__proto__": {}, "taskId": 18215, "region": "${REGION}"}`)],
    '__proto__',
    'is not a field',
  ],
  ['a field with a typo', [{ ...valid, maxwait: '2h' }], 'maxwait', 'known fields: taskId, region, maxWait, polling'],
  ['a secret', [{ ...valid, secretKey: 'hush' }], 'secretKey', 'secretKey is not a field of this input'],
  [
    'a maximum below the start',
    [{ ...valid, polling: { initialInterval: '5s', maximumInterval: '4s' } }],
    'polling.maximumInterval',
    'must not be shorter than polling.initialInterval',
  ],
  ['a typo in polling', [{ ...valid, polling: { maxInterval: 1 } }], 'polling.maxInterval', 'polling.maximumInterval'],
];

const wrongStates = [null, {}, [], 'state', 5, { v: 2 }, { v: 1 }, { v: 1, startedAt: 'hush' }].map((state): Row => [
  `a second argument ${JSON.stringify(state)}`,
  [valid, state],
  'state',
  'second argument',
]);

const wrongParts = [...wrongTogether, ...wrongStates];

let waits: Waits;
let vm: WorkflowVm;

beforeAll(async () => {
  [waits, vm] = await Promise.all([Waits.start(devServer), WorkflowVm.create()]);
});
afterAll(async () => {
  await vm.close();
  await waits.close();
});

/** A machine that does much else may take ten seconds for a workflow task, which then is done again. */
const LATE_TASK = 'WORKFLOW_TASK_SCHEDULED WORKFLOW_TASK_STARTED WORKFLOW_TASK_TIMED_OUT ';

interface Known {
  readonly taskId: number | null;
  readonly region: string | null;
}

/** The failure names the field and the rule, `known` being what it can say about the task. */
function expectNamed(
  { message, details }: { message: string; details: unknown },
  field: string,
  said: string,
  known: Known,
) {
  expect(details).toEqual({
    ...known,
    status: null,
    message: null,
    taskType: null,
    instanceId: null,
    startTime: null,
    requestId: null,
    polls: 0,
    waitedMs: 0,
    invalid: { field, rule: expect.any(String) as string },
  });
  expect(message).toContain(said);
  expect(message.length).toBeLessThan(500);
  expect(message).not.toContain('hush');
}

/** What is known of the task although this field is wrong. */
function knownBut(field: string): Known {
  return {
    taskId: field === 'taskId' ? null : valid.taskId,
    region: field === 'region' ? null : valid.region,
  };
}

/** The wait of these arguments fails as it should. */
async function expectRefusal(args: readonly unknown[], field: string, said: string, known: Known): Promise<void> {
  const handle = await waits.startWith(args);
  const failure = await failureOf(handle);

  expect(failure.type).toBe('RedisTaskInvalidInput');
  expectNamed(failure, field, said, known);
  const events = eventNames(await handle.fetchHistory()).join(' ');
  expect(events.replaceAll(LATE_TASK, '')).toBe(
    'WORKFLOW_EXECUTION_STARTED WORKFLOW_TASK_SCHEDULED WORKFLOW_TASK_STARTED WORKFLOW_TASK_COMPLETED WORKFLOW_EXECUTION_FAILED',
  );
}

test.each([...wrongTaskIds, ...wrongFields])(
  '%s ends the wait, naming the field and the rule',
  async (what, args, field, said) => {
    const options = { runId: what, seed: 1, args: payloads(...args) };
    const run = await vm.start(options, Date.UTC(2026, 0, 1));
    const commands = await run.activate([], Date.UTC(2026, 0, 1));
    await run.dispose();

    const failure = failed(commands[0]?.failWorkflowExecution?.failure ?? {});
    expect(failure.as).toBe('RedisTaskInvalidInput');
    expectNamed(failure as never, field, said, knownBut(field));
    expect(commands).toHaveLength(1);
    await expect(replayDifference(vm, options, run)).resolves.toBeUndefined();
  },
);

test.concurrent.each(wrongInputs)('%s ends the wait, naming the rule', (_what, args, field, said) =>
  expectRefusal(args, field, said, { taskId: null, region: null }),
);

test.concurrent.each(wrongParts)('%s ends the wait, naming the field and the rule', (_what, args, field, said) =>
  expectRefusal(args, field, said, knownBut(field)),
);

test.concurrent.each([
  ['the largest id', { taskId: Number.MAX_SAFE_INTEGER }],
  ['the largest id as a string', { taskId: String(Number.MAX_SAFE_INTEGER) }],
  ['the longest wait', { maxWait: '30d' }],
  ['the shortest wait in milliseconds', { maxWait: 1_000 }],
  ['a fraction of a unit', { maxWait: '1.5h' }],
  ['the slowest pace', { polling: { initialInterval: '1h', maximumInterval: '1h', backoffCoefficient: 10 } }],
  ['a slow start alone, which lifts the default maximum', { polling: { initialInterval: '30m' } }],
  ['a fast maximum alone, which lowers the default start', { polling: { maximumInterval: '1s' } }],
  ['the widest jitter', { polling: { jitter: 0.5 } }],
  ['no jitter', { polling: { jitter: 0, expectedDuration: 0 } }],
])('%s is allowed', async (_what, fields) => {
  const taskId = Number('taskId' in fields ? fields.taskId : waits.addTask({ status: 'succeed' }));
  waits.simulator.addTask(taskId, { timeline: [{ status: 'succeed' }] });

  await expect(waits.resultOf({ ...valid, taskId, ...fields })).resolves.toMatchObject({ taskId, status: 'succeed' });
});

test.concurrent('a region nobody has heard of is for the API to refuse', async () => {
  const failure = await waits.failureFor({ ...valid, taskId: waits.addTask(), region: 'xx-new-9' });

  expect(failure).toMatchObject({ type: 'RedisTaskRejected', details: { lastError: { code: 'UnsupportedRegion' } } });
});

test('every history replays', async () => {
  await expect(waits.replayAll()).resolves.toBe(wrongInputs.length + wrongParts.length + 11);
});
