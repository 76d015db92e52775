import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { JSON_SCHEMAS } from '../../scripts/json-schemas.js';
import { InvalidInputFailure } from '../../src/contract/invalid-input.js';
import { REDIS_TASK_FAILURE_TYPES } from '../../src/contract/task/failures.js';
import { readInput } from '../../src/contract/task/input.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': isUtc } });
for (const [name, schema] of Object.entries(JSON_SCHEMAS)) ajv.addSchema(schema, name);

function isUtc(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** What a schema has against a value; nothing when it accepts. */
function objections(schema: string, value: unknown): string[] {
  const validate = ajv.getSchema(schema);
  if (!validate) throw new Error(`There is no schema ${schema}`);
  return validate(value) === true
    ? []
    : (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

describe('the files in schema/', () => {
  test('are those that the rules make: after a change of a rule, run scripts/write-schema.ts', async () => {
    const names = await readdir(path.join(ROOT, 'schema'));
    const files = names.map(async (name) => {
      const text = await readFile(path.join(ROOT, 'schema', name), 'utf8');
      return [name.replace(/\.json$/, ''), JSON.parse(text) as unknown] as const;
    });

    expect(Object.fromEntries(await Promise.all(files))).toEqual(JSON_SCHEMAS);
  });
});

describe('any input at all', () => {
  const amount = fc.oneof(
    fc.nat(40),
    fc.nat({ max: 31 * DAY }),
    fc.double({ min: 0, max: 100, noNaN: true }).map((number) => number.toFixed(2)),
  );
  const duration = fc.oneof(
    fc.tuple(amount, fc.constantFrom('ms', 's', 'm', 'h', 'd', '', 'S', 's\n', ' s')).map((parts) => parts.join('')),
    fc.constantFrom<unknown>(0, 999, 1_000, HOUR, HOUR + 1, 30 * DAY, 30 * DAY + 1, 1.5, 1_000.5, -1, null, ''),
    fc.nat({ max: 31 * DAY }),
    fc.constantFrom('1s', '2s', '90s', '1m', '30m', 2_500),
  );
  const taskId = fc.oneof(
    { weight: 3, arbitrary: fc.nat() },
    { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
    { weight: 2, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 54n }).map(String) },
    { weight: 1, arbitrary: fc.nat().map((id) => `000${String(id)}`) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(2 ** 53 - 1, 2 ** 53, '0', '00', '', '1e3', ' 1', '-1', null) },
  );
  const region = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('ap-guangzhou', 'na-siliconvalley', 'ap-shanghai-fsi') },
    { weight: 1, arbitrary: fc.constantFrom('ap', 'AP-guangzhou', 'ap-', 'ap-a\n', `ap-${'a'.repeat(61)}`) },
    { weight: 1, arbitrary: fc.constant(`ap-${'a'.repeat(62)}`) },
  );
  const number = (min: number, max: number) =>
    fc.oneof(fc.double({ min, max, noNaN: true }), fc.constantFrom<unknown>(min, max, min - 0.1, max + 0.1, '1', null));
  const polling = fc.record(
    {
      initialInterval: duration,
      backoffCoefficient: number(1, 10),
      maximumInterval: duration,
      jitter: number(0, 0.5),
      expectedDuration: duration,
    },
    { requiredKeys: [] },
  );
  const nearlyInput = fc.record(
    {
      taskId,
      region,
      maxWait: duration,
      polling: fc.oneof({ weight: 6, arbitrary: polling }, { weight: 1, arbitrary: fc.jsonValue() }),
    },
    { requiredKeys: ['taskId', 'region'] },
  );
  const stray = fc.tuple(nearlyInput, fc.string()).map(([input, key]) => ({ ...input, [key]: 1 }));
  /** As JSON carries it: nothing but what was on the wire can tell a field that is undefined from one that is missing. */
  const input = fc
    .oneof(
      { weight: 8, arbitrary: nearlyInput },
      { weight: 1, arbitrary: stray },
      { weight: 1, arbitrary: fc.jsonValue() },
    )
    .map((value) => JSON.parse(JSON.stringify(value)) as unknown);

  /** All that JSON Schema cannot say of an input, by the rule that is broken. */
  const BEYOND_SCHEMA = {
    'a duration as text within its bounds': ({ field, given }: Refusal) =>
      typeof given === 'string' &&
      /^(maxWait|polling\.(initialInterval|maximumInterval|expectedDuration))$/.test(field),
    'an id as digits, of the places of the largest': ({ field, given }: Refusal) =>
      field === 'taskId' && typeof given === 'string' && BigInt(given) > BigInt(Number.MAX_SAFE_INTEGER),
    'two intervals that fit together': ({ field, rule }: Refusal) =>
      field === 'polling.maximumInterval' && rule.includes('polling.initialInterval'),
  };

  interface Refusal {
    readonly field: string;
    readonly rule: string;
    readonly given: unknown;
  }

  /** What the validation has against an input. */
  function refusal(value: unknown): Refusal | undefined {
    try {
      readInput(value);
      return undefined;
    } catch (error) {
      if (!(error instanceof InvalidInputFailure)) throw error;
      const { field, rule } = error.invalid;
      return { field, rule, given: at(value, field) };
    }
  }

  function at(value: unknown, field: string): unknown {
    return field.split('.').reduce<unknown>((each, key) => (each as Record<string, unknown> | undefined)?.[key], value);
  }

  test('is accepted by the schema whenever the validation accepts it, and only then but for what no schema can say', () => {
    const seen = {
      accepted: 0,
      refused: 0,
      ...Object.fromEntries(Object.keys(BEYOND_SCHEMA).map((each) => [each, 0])),
    };
    const count = (key: string) => Object.assign(seen, { [key]: seen[key as keyof typeof seen] + 1 });
    fc.assert(
      fc.property(input, (value) => {
        const objected = objections('await-redis-task-input', value);
        const refused = refusal(value);
        if (!refused) {
          expect(objected).toEqual([]);
          count('accepted');
        } else if (objected.length > 0) {
          count('refused');
        } else {
          const excuse = Object.entries(BEYOND_SCHEMA).find(([, holds]) => holds(refused));
          expect([refused, excuse?.[0]]).toEqual([refused, expect.any(String)]);
          count(excuse?.[0] ?? '');
        }
      }),
      { numRuns: 3_000, seed: 18215 },
    );

    // Each way out has been taken, so the list has no excuse that nothing needs.
    for (const number of Object.values(seen)) expect(number).toBeGreaterThan(0);
  });
});

describe('payloads of real waits, as recorded histories hold them', () => {
  interface Event {
    readonly workflowExecutionStartedEventAttributes?: {
      readonly workflowType: { readonly name: string };
      readonly input: Payloads;
    };
    readonly workflowExecutionCompletedEventAttributes?: { readonly result: Payloads };
    readonly workflowExecutionFailedEventAttributes?: {
      readonly failure: { readonly applicationFailureInfo: { readonly type: string; readonly details: Payloads } };
    };
    readonly workflowExecutionUpdateAcceptedEventAttributes?: {
      readonly acceptedRequest: { readonly input: { readonly name: string; readonly args: Payloads } };
    };
    readonly workflowExecutionUpdateCompletedEventAttributes?: { readonly outcome: { readonly success?: Payloads } };
  }
  interface Payloads {
    readonly payloads: readonly { readonly data: string }[];
  }

  function first({ payloads: [payload] }: Payloads): unknown {
    return JSON.parse(Buffer.from(payload?.data ?? '', 'base64').toString());
  }

  /** Every payload of the contract in one event, with the schema that it must fit. */
  function payloadsOf(event: Event): [schema: string, value: unknown][] {
    const { applicationFailureInfo: failed } = event.workflowExecutionFailedEventAttributes?.failure ?? {};
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest.input.args;
    const updated = event.workflowExecutionUpdateCompletedEventAttributes?.outcome.success;
    const completed = event.workflowExecutionCompletedEventAttributes?.result;
    return [
      ...(completed ? [['await-redis-task-result', first(completed)] as [string, unknown]] : []),
      ...(failed
        ? [[`await-redis-task-failure-details#/$defs/${failed.type}`, first(failed.details)] as [string, unknown]]
        : []),
      ...(accepted ? [['await-redis-task-extend-wait', first(accepted)] as [string, unknown]] : []),
      ...(updated ? [['await-redis-task-state', first(updated)] as [string, unknown]] : []),
    ];
  }

  async function recordedWaits(): Promise<{ name: string; input: unknown; events: readonly Event[] }[]> {
    const folder = path.join(ROOT, 'test/histories');
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));
    const histories = files.map(async (name) => {
      const { events } = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as { events: readonly Event[] };
      const started = events[0]?.workflowExecutionStartedEventAttributes;
      if (started?.workflowType.name !== 'awaitRedisTask') return [];
      return [{ name, input: first(started.input), events }];
    });
    return (await Promise.all(histories)).flat();
  }

  test('fit the schemas: inputs, results, the details of every type of failure, extensions and states', async () => {
    const seen = new Set<string>();
    for (const { name, input, events } of await recordedWaits()) {
      const payloads: [string, unknown][] = [...events.flatMap(payloadsOf)];
      const refused = payloads.some(([schema]) => schema.endsWith('RedisTaskInvalidInput'));
      const objected = objections('await-redis-task-input', input);
      expect([name, refused ? objected.length > 0 : objected]).toEqual([name, refused ? true : []]);
      for (const [schema, value] of payloads) {
        seen.add(schema);
        expect([name, schema, objections(schema, value)]).toEqual([name, schema, []]);
        expect([name, schema, undocumented(schema, value)]).toEqual([name, schema, []]);
      }
    }

    expect([...seen].sort()).toEqual(
      [
        'await-redis-task-extend-wait',
        ...REDIS_TASK_FAILURE_TYPES.map((type) => `await-redis-task-failure-details#/$defs/${type}`),
        'await-redis-task-result',
        'await-redis-task-state',
      ].sort(),
    );
  });

  test('do not fit when a field is missing or of another type', async () => {
    const waits = await recordedWaits();
    for (const [schema, value] of waits.flatMap(({ events }) => events.flatMap(payloadsOf))) {
      const fields = value as Record<string, unknown>;
      for (const field of Object.keys(fields)) {
        expect([schema, field, objections(schema, { ...fields, [field]: [] })]).not.toEqual([schema, field, []]);
      }
      const [required = ''] = Object.keys(fields);
      expect([schema, objections(schema, { ...fields, [required]: undefined })]).not.toEqual([schema, []]);
    }
  });

  /** Fields that the schema of what goes out lets pass, as it must, but does not know. */
  function undocumented(schema: string, value: unknown): string[] {
    const known = ajv.getSchema(schema)?.schema as { properties: Record<string, unknown> };
    return Object.keys(value as object).filter((key) => !(key in known.properties));
  }
});
