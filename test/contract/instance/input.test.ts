import { instanceInputToResume, readInstanceInput } from '../../../src/contract/instance/input.js';
import { InvalidInputFailure } from '../../../src/contract/invalid-input.js';
import { DEAL, ID } from './played-instances.js';

const input = { instanceIds: [ID], region: 'ap-guangzhou', until: 'running' };

function invalidOf(value: unknown): { field: string; rule: string } | undefined {
  try {
    readInstanceInput(value);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInputFailure) return error.invalid;
    throw error;
  }
}

test('the smallest input has the defaults of every wait', () => {
  expect(readInstanceInput(input)).toMatchObject({
    instanceIds: [ID],
    dealName: null,
    until: 'running',
    expect: {},
    maxWaitMs: 2 * 3_600_000,
    schedule: { initialIntervalMs: 2_000, maximumIntervalMs: 9_900, pacing: 'timers' },
  });
});

test('a deal alone is enough, and so are both', () => {
  expect(readInstanceInput({ dealName: DEAL, region: 'ap-guangzhou', until: 'gone' })).toMatchObject({
    instanceIds: [],
    dealName: DEAL,
  });
  expect(readInstanceInput({ ...input, dealName: DEAL })).toMatchObject({ instanceIds: [ID], dealName: DEAL });
});

test('an instance that is named twice is asked for once', () => {
  expect(readInstanceInput({ ...input, instanceIds: [ID, 'crs-b', ID] }).instanceIds).toEqual([ID, 'crs-b']);
});

test('shared pacing is read and paced by timers', () => {
  expect(readInstanceInput({ ...input, polling: { pacing: 'shared' } }).schedule.pacing).toBe('timers');
});

test.each([
  ['neither instances nor a deal', { region: 'ap-guangzhou', until: 'running' }, 'instanceIds'],
  ['no instance', { ...input, instanceIds: [] }, 'instanceIds'],
  ['51 instances', { ...input, instanceIds: Array.from({ length: 51 }, (_, index) => `crs-${index}`) }, 'instanceIds'],
  ['an id that is no id', { ...input, instanceIds: ['crs 1'] }, 'instanceIds.0'],
  ['one id instead of a list', { ...input, instanceIds: ID }, 'instanceIds'],
  ['an empty deal', { ...input, dealName: '' }, 'dealName'],
  ['no region', { instanceIds: [ID], until: 'running' }, 'region'],
  ['no goal', { instanceIds: [ID], region: 'ap-guangzhou' }, 'until'],
  ['another goal', { ...input, until: 'stopped' }, 'until'],
  ['a size that is no number', { ...input, expect: { memSizeMb: '4096' } }, 'expect.memSizeMb'],
  ['an unknown size', { ...input, expect: { size: 4_096 } }, 'expect.size'],
  ['a size of what is to be gone', { ...input, until: 'gone', expect: { shards: 1 } }, 'expect'],
  ['a wait that is too long', { ...input, maxWait: '31d' }, 'maxWait'],
  ['an unknown field', { ...input, dealId: DEAL }, 'dealId'],
  ['no object', null, 'input'],
])('%s is refused by the name of the field', (_name, value, field) => {
  expect(invalidOf(value)?.field).toBe(field);
});

test('the value of an unknown field is not told', () => {
  expect(() => readInstanceInput({ ...input, secretKey: 'hunter2' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') as string }) as Error,
  );
});

test.each([
  ['instances', input],
  ['a deal and a size', { dealName: DEAL, region: 'ap-guangzhou', until: 'running', expect: { shards: 3 } }],
  ['what is to be gone', { ...input, until: 'gone', polling: { expectedDuration: '10m' } }],
])('an input to resume with %s means the same wait', (_name, value) => {
  const plan = readInstanceInput(value);

  expect(readInstanceInput(JSON.parse(JSON.stringify(instanceInputToResume(plan, 0))))).toEqual(plan);
});
