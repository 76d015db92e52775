import { type InvalidField, InvalidInputFailure } from '../../../src/contract/invalid-input.js';
import { joinedDeadline, readDeadline } from '../../../src/contract/task/extension.js';
import { readInput } from '../../../src/contract/task/input.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const task = { taskId: 18215, region: 'ap-guangzhou' };

/** What is wrong with an input, which must be wrong. */
function wrongWith(input: unknown): InvalidField {
  return thrownBy(() => readInput(input));
}

function thrownBy(read: () => unknown): InvalidField {
  try {
    read();
  } catch (error) {
    if (error instanceof InvalidInputFailure) return error.invalid;
    throw error;
  }
  throw new Error('Nothing was refused');
}

/** Rows with a name for each value that is short enough for the title of a test. */
function titled<T>(values: readonly T[]): [string, T][] {
  return values.map((value) => [JSON.stringify(value).slice(0, 40), value]);
}

describe('readInput', () => {
  test('fills in the defaults', () => {
    expect(readInput(task)).toEqual({
      taskId: 18215,
      region: 'ap-guangzhou',
      maxWaitMs: 2 * HOUR,
      schedule: readInput({ ...task, polling: {} }).schedule,
    });
    expect(readInput(task).schedule).toMatchObject({ initialIntervalMs: 2_000, jitter: 0.1 });
    expect(readInput(task).schedule).not.toHaveProperty('expectedDurationMs');
  });

  test('takes every field', () => {
    const polling = {
      initialInterval: '1.5s',
      backoffCoefficient: 3,
      maximumInterval: 60_000,
      jitter: 0,
      expectedDuration: '10m',
      pacing: 'shared',
    };

    expect(readInput({ taskId: '18215', region: 'eu-frankfurt', maxWait: '30d', polling })).toEqual({
      taskId: 18215,
      region: 'eu-frankfurt',
      maxWaitMs: 30 * DAY,
      schedule: {
        initialIntervalMs: 1_500,
        backoffCoefficient: 3,
        maximumIntervalMs: 60_000,
        jitter: 0,
        expectedDurationMs: 600_000,
        pacing: 'shared',
      },
    });
  });

  test.each([null, true, 18215, '18215', '{"taskId":1}', [], [task], undefined])(
    'refuses %j, which is no object',
    (input) => {
      expect(wrongWith(input)).toMatchObject({
        field: 'input',
        rule: expect.stringContaining('must be a JSON object') as string,
      });
    },
  );

  test('calls an input that was left out missing', () => {
    expect(wrongWith(undefined)).toMatchObject({ field: 'input', value: 'missing' });
    expect(wrongWith({})).toMatchObject({ field: 'taskId', value: 'missing' });
    expect(wrongWith({ taskId: 1 })).toMatchObject({ field: 'region', value: 'missing' });
  });
});

describe('taskId', () => {
  test.each([
    [1, 1],
    [18215, 18215],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['1', 1],
    ['6954227', 6954227],
    ['0018215', 18215],
    [`${'0'.repeat(50)}7`, 7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('may be %j', (taskId, read) => {
    expect(readInput({ ...task, taskId }).taskId).toBe(read);
  });

  test.each([0, -0, -1, -18215, '0', '000'])('%j means that no task was created', (taskId) => {
    const { field, rule } = wrongWith({ ...task, taskId });

    expect(field).toBe('taskId');
    expect(rule).toContain('no task was created');
  });

  test.each([
    1.5,
    0.1,
    '',
    ' 1',
    '1 ',
    '1\n',
    '1.0',
    '1e3',
    '0x10',
    '-1',
    '+1',
    '１２',
    'abc',
    null,
    true,
    {},
    [1],
    NaN,
  ])('may not be %j', (taskId) => {
    const { field, rule } = wrongWith({ ...task, taskId });

    expect(field).toBe('taskId');
    expect(rule).toContain('an integer from 1 to 9007199254740991, or a string of decimal digits');
  });

  test.each(
    titled([
      '9007199254740992',
      '9007199254740993',
      '09007199254740992',
      '99999999999999999999999',
      '9'.repeat(1_000_000),
    ]),
  )('is too large as the text %s', (_, taskId) => {
    const { field, rule } = wrongWith({ ...task, taskId });

    expect(field).toBe('taskId');
    expect(rule).toContain('too large');
  });

  test.each(['9007199254740992', '9007199254740993', '1e20', '1e400'])(
    'sent as the number %s comes with the advice to send long ids as text',
    (digits) => {
      const { field, rule } = wrongWith(JSON.parse(`{"taskId":${digits},"region":"ap-guangzhou"}`));

      expect(field).toBe('taskId');
      expect(rule).toMatch(/may have been rounded.*send long ids as a string of digits/);
    },
  );

  test('below all bounds means that no task was created, however large the number', () => {
    expect(wrongWith(JSON.parse('{"taskId":-1e400}'))).toMatchObject({
      field: 'taskId',
      rule: expect.stringContaining('no task was created') as string,
    });
  });
});

describe('region', () => {
  test.each(['ap-guangzhou', 'na-ashburn', 'ap-shanghai-fsi', 'xyz-1', `ab-${'c'.repeat(61)}`])(
    'may be %s',
    (region) => {
      expect(readInput({ ...task, region }).region).toBe(region);
    },
  );

  test.each(
    titled([
      '',
      'guangzhou',
      'a-guangzhou',
      'AP-guangzhou',
      'ap-Guangzhou',
      'ap_guangzhou',
      'ap-',
      'ap--guangzhou',
      '-ap',
      'ap-guangzhou\n',
      ' ap-guangzhou',
      'ap-guangzhou.evil.example',
      'ap-guangzhou/x',
      'ap-guangzhou:80',
      'ap-广州',
      `ab-${'c'.repeat(62)}`,
      'a-'.repeat(1_000_000),
      null,
      7,
      {},
      ['ap-guangzhou'],
    ]),
  )('may not be %s', (_, region) => {
    expect(wrongWith({ ...task, region }).field).toBe('region');
  });
});

describe('maxWait', () => {
  test.each([
    ['1s', 1_000],
    [1_000, 1_000],
    [1_000.4, 1_000],
    ['30d', 30 * DAY],
    [30 * DAY, 30 * DAY],
  ])('may be %j', (maxWait, ms) => {
    expect(readInput({ ...task, maxWait }).maxWaitMs).toBe(ms);
  });

  test.each(
    titled([
      '999ms',
      999.9,
      0,
      -1,
      '0s',
      '30.001d',
      30 * DAY + 1,
      '2 h',
      'PT2H',
      '',
      null,
      true,
      {},
      [],
      Infinity,
      '9'.repeat(1_000),
    ]),
  )('may not be %s', (_, maxWait) => {
    const { field, rule } = wrongWith({ ...task, maxWait });

    expect(field).toBe('maxWait');
    expect(rule).toContain('must be a duration from 1 s to 30 d');
  });

  test('that is null comes with the advice to leave it out', () => {
    expect(wrongWith({ ...task, maxWait: null })).toMatchObject({
      value: 'null',
      rule: expect.stringContaining('leave the field out') as string,
    });
  });
});

describe('polling', () => {
  const good: [Record<string, unknown>, Record<string, number>][] = [
    [{ initialInterval: '1s' }, { initialIntervalMs: 1_000 }],
    [{ initialInterval: '1h' }, { initialIntervalMs: HOUR, maximumIntervalMs: HOUR }],
    [{ initialInterval: '45s' }, { initialIntervalMs: 45_000, maximumIntervalMs: 45_000 }],
    [{ maximumInterval: '2s' }, { maximumIntervalMs: 2_000 }],
    [{ maximumInterval: '1h' }, { maximumIntervalMs: HOUR }],
    [
      { initialInterval: '5s', maximumInterval: '5s' },
      { initialIntervalMs: 5_000, maximumIntervalMs: 5_000 },
    ],
    [{ backoffCoefficient: 1 }, { backoffCoefficient: 1 }],
    [{ backoffCoefficient: 10 }, { backoffCoefficient: 10 }],
    [{ jitter: 0 }, { jitter: 0 }],
    [{ jitter: 0.5 }, { jitter: 0.5 }],
    [{ expectedDuration: 0 }, { expectedDurationMs: 0 }],
    [{ expectedDuration: '1h' }, { expectedDurationMs: HOUR }],
  ];
  test.each(good)('may be %j', (polling, schedule) => {
    expect(readInput({ ...task, polling }).schedule).toMatchObject(schedule);
  });

  const bad: [Record<string, unknown>, string][] = [
    [{ initialInterval: '999ms' }, 'polling.initialInterval'],
    [{ initialInterval: 0 }, 'polling.initialInterval'],
    [{ initialInterval: '61m' }, 'polling.initialInterval'],
    [{ initialInterval: null }, 'polling.initialInterval'],
    [{ maximumInterval: '0.9s' }, 'polling.maximumInterval'],
    [{ maximumInterval: '61m' }, 'polling.maximumInterval'],
    [{ maximumInterval: 'soon' }, 'polling.maximumInterval'],
    [{ initialInterval: '9s', maximumInterval: '8s' }, 'polling.maximumInterval'],
    [{ backoffCoefficient: 0.99 }, 'polling.backoffCoefficient'],
    [{ backoffCoefficient: 10.1 }, 'polling.backoffCoefficient'],
    [{ backoffCoefficient: '2' }, 'polling.backoffCoefficient'],
    [{ backoffCoefficient: NaN }, 'polling.backoffCoefficient'],
    [{ jitter: -0.01 }, 'polling.jitter'],
    [{ jitter: 0.51 }, 'polling.jitter'],
    [{ jitter: null }, 'polling.jitter'],
    [{ expectedDuration: -1 }, 'polling.expectedDuration'],
    [{ expectedDuration: 'long' }, 'polling.expectedDuration'],
    [{ expectedDuration: null }, 'polling.expectedDuration'],
    [{ expectedDuration: Infinity }, 'polling.expectedDuration'],
  ];
  test.each(bad)('may not be %j', (polling, field) => {
    expect(wrongWith({ ...task, polling }).field).toBe(field);
  });

  test.each([null, 7, '2s', []])('may not be %j, which is no object', (polling) => {
    expect(wrongWith({ ...task, polling })).toMatchObject({
      field: 'polling',
      rule: expect.stringContaining('must be a JSON object') as string,
    });
  });
});

describe('an unknown field', () => {
  test.each([
    ['{"taskID":1,"region":"ap-guangzhou"}', 'taskID'],
    ['{"taskId":1,"region":"ap-guangzhou","maxwait":"1h"}', 'maxwait'],
    ['{"taskId":1,"region":"ap-guangzhou","polling":{"interval":"1s"}}', 'polling.interval'],
    ['{"taskId":1,"region":"ap-guangzhou","__proto__":{"maxWait":"1h"}}', '__proto__'],
    ['{"taskId":1,"region":"ap-guangzhou","polling":{"__proto__":{"jitter":9}}}', 'polling.__proto__'],
    ['{"taskId":1,"region":"ap-guangzhou","constructor":1}', 'constructor'],
    ['{"taskId":1,"region":"ap-guangzhou","":1}', ''],
  ])('in %s is refused by its name', (json, field) => {
    const invalid = wrongWith(JSON.parse(json));

    expect(invalid.field).toBe(field);
    expect(invalid.rule).toContain('is not a field');
  });

  test('lists the fields that there are', () => {
    expect(wrongWith({ ...task, wait: 1 }).rule).toContain('taskId, region, maxWait, polling');
    expect(wrongWith({ ...task, polling: { wait: 1 } }).rule).toContain('polling.initialInterval');
  });

  test.each([{ secretKey: 'hunter2' }, { polling: { token: 'hunter2' } }, { secretKey: { deep: ['hunter2'] } }])(
    'never has its value printed: %j',
    (stray) => {
      const invalid = wrongWith({ ...task, ...stray });

      expect(JSON.stringify(invalid)).not.toContain('hunter2');
      expect(invalid).not.toHaveProperty('value');
    },
  );

  test('inside the object in the wrong place has its name printed at most', () => {
    expect(JSON.stringify(wrongWith({ ...task, region: { secretKey: 'hunter2' } }))).not.toContain('hunter2');
    expect(JSON.stringify(wrongWith({ ...task, region: [{ secretKey: 'hunter2' }] }))).not.toContain('hunter2');
  });
});

describe('readDeadline', () => {
  const startedAt = Date.parse('2026-11-22T10:00:00Z');
  const now = startedAt + HOUR;
  const deadlineOf = (argument: unknown) => readDeadline(argument, startedAt, now);

  test('counts the new total from the start of the wait', () => {
    expect(deadlineOf({ maxWait: '4h' })).toBe(startedAt + 4 * HOUR);
    expect(deadlineOf({ maxWait: HOUR + 1 })).toBe(now + 1);
    expect(deadlineOf({ maxWait: '30d' })).toBe(startedAt + 30 * DAY);
  });

  test.each(['1h', '59m', 1_000, HOUR])('refuses the total %j, which is not after now', (maxWait) => {
    expect(thrownBy(() => deadlineOf({ maxWait }))).toMatchObject({
      field: 'maxWait',
      rule: expect.stringContaining('must end after now: this wait has lasted 1 h already') as string,
    });
  });

  test.each([
    [undefined, 'extendWait'],
    [null, 'extendWait'],
    ['4h', 'extendWait'],
    [[{ maxWait: '4h' }], 'extendWait'],
    [{}, 'maxWait'],
    [{ maxWait: null }, 'maxWait'],
    [{ maxWait: '31d' }, 'maxWait'],
    [{ maxWait: '4 h' }, 'maxWait'],
    [{ maxWait: '4h', minWait: 'hunter2' }, 'minWait'],
  ])('refuses %j and names the field', (argument, field) => {
    const invalid = thrownBy(() => deadlineOf(argument));

    expect(invalid.field).toBe(field);
    expect(JSON.stringify(invalid)).not.toContain('hunter2');
  });
});

describe('joinedDeadline', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');
  const deadline = now + HOUR;

  test('is no earlier than what the joiner wants from now, and never nearer than it was', () => {
    expect(joinedDeadline({ maxWait: '4h' }, deadline, now)).toBe(now + 4 * HOUR);
    expect(joinedDeadline({ maxWait: HOUR + 1 }, deadline, now)).toBe(deadline + 1);
    expect(joinedDeadline({ maxWait: '59m' }, deadline, now)).toBe(deadline);
  });

  test.each([undefined, null, '4h', [], {}, { maxWait: null }, { maxWait: '31d' }, { maxWait: '4h', why: 1 }])(
    'stays as it is when the joiner says %j, which breaks a rule',
    (argument) => {
      expect(joinedDeadline(argument, deadline, now)).toBe(deadline);
    },
  );
});
