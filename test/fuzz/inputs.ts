import { RawValue } from '@temporalio/common';
import fc, { type Arbitrary } from 'fast-check';
import type { TaskWaitState } from '../../src/contract/task/state.js';
import { anyJson, objectText, oddText } from './arbitraries.js';

const duration = fc.oneof(
  fc.integer({ min: -1, max: 40 * 86_400_000 }),
  fc.tuple(fc.nat(100), fc.constantFrom('ms', 's', 'm', 'h', 'd', '')).map(([amount, unit]) => `${amount}${unit}`),
);
const mostly = <T>(right: Arbitrary<T>): Arbitrary<unknown> =>
  fc.oneof({ weight: 5, arbitrary: right }, { weight: 1, arbitrary: anyJson });

const taskId = fc.oneof(
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.bigInt({ min: 0n, max: 2n ** 54n }).map(String),
);
const polling = fc.record(
  {
    initialInterval: mostly(duration),
    backoffCoefficient: mostly(fc.double({ min: 0, max: 11, noNaN: true })),
    maximumInterval: mostly(duration),
    jitter: mostly(fc.double({ min: 0, max: 0.6, noNaN: true })),
    expectedDuration: mostly(duration),
  },
  { requiredKeys: [] },
);

/** An input in which each field is mostly right. */
export const nearlyInput: Arbitrary<Record<string, unknown>> = fc.record(
  {
    taskId: mostly(taskId),
    region: mostly(fc.constantFrom('ap-guangzhou', 'ap-shanghai-fsi')),
    maxWait: mostly(duration),
    polling: mostly(polling),
  },
  { requiredKeys: ['taskId', 'region'] },
);

const SOON = Date.now();
const instant = fc.oneof(
  fc.nat(),
  fc.integer({ min: SOON - 1_000_000, max: SOON + 1_000 }),
  fc.integer({ min: SOON, max: Date.parse('9999-12-31T23:59:59Z') + 1 }),
);
const observation = fc.record({
  status: oddText,
  taskType: fc.option(oddText),
  instanceId: fc.option(oddText),
  startTime: fc.option(oddText),
  message: fc.option(oddText),
  requestId: fc.option(oddText),
  at: oddText,
});
const pollError = fc.record({ code: oddText, message: oddText, requestId: fc.option(oddText), at: oddText });
const rightState: Arbitrary<TaskWaitState> = fc.record({
  v: fc.constant(1),
  stage: fc.constantFrom('pausing', 'polling', 'ended'),
  startedAt: instant,
  deadline: instant,
  firstPollAt: fc.option(instant),
  paceAt: instant,
  paceStep: fc.oneof(fc.nat(2_000), fc.maxSafeNat()),
  requestedAt: fc.option(instant),
  soonestAt: instant,
  polls: fc.maxSafeNat(),
  unfinishedAt: fc.option(instant),
  observation: fc.option(observation),
  lastError: fc.option(pollError),
  missing: fc.boolean(),
  failingAs: fc.option(fc.constantFrom('transient', 'throttled', 'unknownTask', 'unauthorized', 'rejected')),
  failingSince: fc.option(instant),
  refusals: fc.maxSafeNat(),
  refusedSince: fc.option(instant),
  warned: fc.subarray(['failing', 'unknownStatus']),
  watch: fc.option(
    fc.record({
      since: fc.option(instant),
      joinAt: fc.option(instant),
      falseAlarms: fc.maxSafeNat(),
      reason: fc.option(oddText),
      seldomMs: fc.maxSafeNat(),
    }),
  ),
});

/** A second argument: what no run carried over, though much of it looks so. */
export const anyState: Arbitrary<unknown> = fc.oneof(
  { weight: 1, arbitrary: anyJson },
  { weight: 3, arbitrary: rightState },
  {
    weight: 3,
    arbitrary: rightState.chain((state) =>
      fc
        .tuple(fc.constantFrom(...Object.keys(state)), anyJson)
        .map(([name, value]): unknown => ({ ...state, [name]: value })),
    ),
  },
);

/** An argument as another SDK could put it on the wire: JSON that `JSON.stringify` never writes. */
const rawJson: Arbitrary<RawValue> = fc.oneof(
  fc
    .tuple(nearlyInput, fc.constantFrom('__proto__', 'taskId', 'polling', 'toString'), anyJson)
    .map(([input, name, value]) => asPayload(objectText([...Object.entries(input), [name, value]]))),
  fc.constantFrom('1e999', '-0', '"\\ud800"', '{"\\ud800":1}', '{"taskId":1e999}', ' [ ] ').map(asPayload),
  fc.integer({ min: 1, max: 3_000 }).map((levels) => asPayload('['.repeat(levels) + ']'.repeat(levels))),
);

function asPayload(text: string): RawValue {
  const encoder = new TextEncoder();
  return RawValue.fromPayload({ metadata: { encoding: encoder.encode('json/plain') }, data: encoder.encode(text) });
}

/** The arguments that a wait is started with. */
export const anyArguments: Arbitrary<readonly unknown[]> = fc.oneof(
  { weight: 4, arbitrary: nearlyInput.map((input) => [input]) },
  {
    weight: 2,
    arbitrary: fc.tuple(nearlyInput, oddText, anyJson).map(([input, name, value]) => [{ ...input, [name]: value }]),
  },
  { weight: 1, arbitrary: fc.array(anyJson, { maxLength: 3 }) },
  { weight: 1, arbitrary: rawJson.map((value) => [value]) },
  { weight: 3, arbitrary: anyState.map((state) => [{ taskId: 1, region: 'ap-guangzhou' }, state]) },
  { weight: 1, arbitrary: fc.tuple(nearlyInput, anyState, anyJson) },
);

/** Arguments of a message to a wait. */
export const anyMessageArguments: Arbitrary<readonly unknown[]> = fc.oneof(
  { weight: 3, arbitrary: mostly(duration).map((maxWait) => [{ maxWait }]) },
  { weight: 1, arbitrary: rawJson.map((value) => [value]) },
  { weight: 2, arbitrary: fc.array(anyJson, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(duration, oddText, anyJson).map(([maxWait, name, value]) => [{ maxWait, [name]: value }]),
  },
);
