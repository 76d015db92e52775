import { canRepeat, factsOf, instancesIn, REDIS_ACTIONS } from '../../../src/contract/action/actions.js';
import { readActionInput } from '../../../src/contract/action/input.js';
import { withSecrets } from '../../../src/contract/action/secrets.js';
import { InvalidInputFailure } from '../../../src/contract/invalid-input.js';
import facts from '../../fixtures/redis-actions.json' with { type: 'json' };

const input = { action: 'ClearInstance', region: 'ap-guangzhou', params: { InstanceId: 'crs-a' } };

function invalidOf(value: unknown): InvalidInputFailure | undefined {
  try {
    readActionInput(value);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInputFailure) return error;
    throw error;
  }
}

function nested(depth: number): unknown {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth));
}

test('the smallest input has the defaults of every wait', () => {
  expect(readActionInput(input)).toMatchObject({
    action: 'ClearInstance',
    params: { InstanceId: 'crs-a' },
    instanceIds: ['crs-a'],
    waitFor: 'end',
    expect: {},
    maxWaitMs: 2 * 3_600_000,
  });
});

test.each([
  ['a read', { ...input, action: 'DescribeInstances' }, 'action'],
  ['a price', { ...input, action: 'InquiryPriceCreateInstance' }, 'action'],
  ['a name of every object', { ...input, action: 'toString' }, 'action'],
  ['another spelling', { ...input, action: 'clearInstance' }, 'action'],
  ['no region', { ...input, region: undefined }, 'region'],
  ['no parameters', { ...input, params: undefined }, 'params'],
  ['parameters that are a list', { ...input, params: [] }, 'params'],
  [
    'parameters that are too large',
    { ...input, params: { InstanceId: 'crs-a', Remark: 'é'.repeat(33_000) } },
    'params',
  ],
  ['parameters that are nested too deep', { ...input, params: { InstanceId: 'crs-a', A: nested(101) } }, 'params'],
  ['parameters that no stack is deep enough for', { ...input, params: { A: nested(20_000) } }, 'params'],
  ['an instance that is Markdown', { ...input, params: { InstanceId: '[a](https://evil.example)' } }, 'params'],
  ['a dry run', { ...input, action: 'CreateInstances', params: { DryRun: true } }, 'params'],
  [
    '51 instances',
    {
      ...input,
      action: 'ApplyParamsTemplate',
      params: { InstanceIds: Array.from({ length: 51 }, (_, i) => `crs-${i}`) },
    },
    'params',
  ],
  ['a size of a task', { ...input, expect: { shards: 3 } }, 'expect'],
  ['a size of what is destroyed', { ...input, action: 'DestroyPrepaidInstance', expect: { shards: 3 } }, 'expect'],
  ['another end', { ...input, waitFor: 'never' }, 'waitFor'],
  ['an unknown field', { ...input, token: 'hunter2' }, 'token'],
])('%s is refused by the name of the field', (_name, value, field) => {
  expect(invalidOf(value)?.invalid.field).toBe(field);
  expect(invalidOf(value)?.message).not.toContain('hunter2');
});

test('parameters may be nested', () => {
  expect(invalidOf({ ...input, params: { InstanceId: 'crs-a', A: nested(99) } })).toBeUndefined();
});

describe('a password', () => {
  const withPassword = (name: string, value: unknown) => ({
    ...input,
    action: 'ResetPassword',
    params: { InstanceId: 'crs-a', [name]: value },
  });

  test.each(['Password', 'OldPassword', 'AccountPassword', 'password', 'NewPasswd'])(
    'as text in %s is refused, and not told',
    (name) => {
      const refused = invalidOf(withPassword(name, 'hunter2-hunter2'));

      expect(refused?.invalid).toMatchObject({ field: 'params' });
      expect(refused?.message).toContain(name);
      expect(JSON.stringify([refused?.message, refused?.details])).not.toContain('hunter2');
    },
  );

  test.each([12_345_678, ['hunter2'], { text: 'hunter2' }])('as the value %j is refused, too', (value) => {
    const refused = invalidOf(withPassword('Password', value));

    expect(refused?.invalid).toMatchObject({ field: 'params' });
    expect(JSON.stringify([refused?.message, refused?.details])).not.toMatch(/hunter2|12345678/);
  });

  test('as text deeper in the parameters is refused', () => {
    expect(invalidOf(withPassword('Accounts', [{ AccountPassword: 'hunter2' }]))?.message).toContain(
      'Accounts.0.AccountPassword',
    );
  });

  test('by the name of a secret is accepted, and so is a flag about passwords', () => {
    const params = { InstanceId: 'crs-a', Password: { $secret: 'redis-main' }, EncryptPassword: false };

    expect(readActionInput({ ...input, action: 'ResetPassword', params }).params).toEqual(params);
  });

  test.each(['../etc/passwd', '/etc/passwd', 'a/b', '..', '.hidden', '', 'a\0', 7, null, ['a']])(
    'by the name %p is refused',
    (name) => {
      expect(invalidOf(withPassword('Password', { $secret: name }))?.invalid.field).toBe('params');
    },
  );

  test('by the name of a secret with something beside it is refused', () => {
    expect(invalidOf(withPassword('Password', { $secret: 'a', Password: 'hunter2' }))?.invalid.field).toBe('params');
  });
});

test('secrets are put in at any depth, and nothing else is changed', () => {
  const params = { A: { $secret: 'one' }, B: [{ C: { $secret: 'two' } }, 1, null, 'text'], D: { E: false } };

  const names: string[] = [];
  const read = (name: string) => {
    names.push(name);
    return name.toUpperCase();
  };

  expect(withSecrets(params, read)).toEqual({
    A: 'ONE',
    B: [{ C: 'TWO' }, 1, null, 'text'],
    D: { E: false },
  });
  expect(names).toEqual(['one', 'two']);
});

test('instances are found in each parameter that names some', () => {
  expect(instancesIn({ InstanceId: 'crs-a' })).toEqual(['crs-a']);
  expect(instancesIn({ InstanceIds: ['crs-a', 'crs-b', 'crs-a'] })).toEqual(['crs-a', 'crs-b']);
  expect(instancesIn({ SrcInstanceId: 'crs-a', DstInstanceId: 'crs-b' })).toEqual(['crs-a', 'crs-b']);
  expect(instancesIn({ TypeId: 6, InstanceId: 7, InstanceIds: 'crs' })).toEqual(['crs']);
});

test('what would buy, wipe, copy or swap once more is never repeated', () => {
  expect(REDIS_ACTIONS.filter((action) => !canRepeat(action))).toEqual([
    'ChangeReplicaToMaster',
    'ClearInstance',
    'CloneInstances',
    'CreateInstances',
    'KillMasterGroup',
    'ManualBackupInstance',
    'RenewInstance',
    'RestoreInstance',
    'SwitchInstanceVip',
    'SwitchProxy',
  ]);
});

test('orders are the actions that answer with a deal, and one of them isolates', () => {
  const orders = REDIS_ACTIONS.filter((action) => factsOf(action).isDeal);

  expect(orders).toHaveLength(7);
  expect(orders.filter((action) => factsOf(action).goal === 'isolated')).toEqual(['DestroyPrepaidInstance']);
});

test('there are the 45 actions of the API that start something, and orders are those that answer with a deal', () => {
  expect(REDIS_ACTIONS).toHaveLength(45);
  expect(REDIS_ACTIONS).toEqual(Object.keys(facts.actions));
  for (const action of REDIS_ACTIONS)
    expect([action, factsOf(action).isDeal]).toEqual([action, 'DealName' in facts.actions[action].answers]);
});
