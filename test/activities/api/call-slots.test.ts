import { CallSlots } from '../../../src/activities/api/call-slots.js';
import { createCallPace } from '../../../src/tencent/call-pace.js';

const context = {};
const never = new AbortController().signal;
const slotInfo = { type: 'activity', activityType: 'describeTaskInfo' } as const;

/** Whether a reservation is granted without anything else happening. */
async function isGranted(reservation: Promise<unknown>): Promise<boolean> {
  const waiting = Symbol();
  const first = await Promise.race([reservation, new Promise((resolve) => setImmediate(resolve, waiting))]);
  return first !== waiting;
}

async function takeAll(slots: CallSlots): Promise<void> {
  for (let taken = 0; taken < 8; taken++) await slots.reserveSlot(context, never);
}

/** Polls that each have found a call. */
async function takeCalls(slots: CallSlots, calls: number): Promise<void> {
  for (let taken = 0; taken < calls; taken++) {
    await slots.reserveSlot(context, never);
    slots.markSlotUsed();
  }
}

describe('the slots of a worker for calls', () => {
  test('are eight while they poll, two for each partition of a task queue', async () => {
    const slots = new CallSlots(createCallPace(4));
    await takeAll(slots);

    expect(await isGranted(slots.reserveSlot(context, never))).toBe(false);
  });

  test('are four once each has a call that waits for its turn', async () => {
    const slots = new CallSlots(createCallPace(4));
    await takeCalls(slots, 4);

    expect(await isGranted(slots.reserveSlot(context, never))).toBe(false);
  });

  test('poll less the more calls wait, so that a full line does not grow', async () => {
    const slots = new CallSlots(createCallPace(4));
    await takeCalls(slots, 3);
    await slots.reserveSlot(context, never);
    await slots.reserveSlot(context, never);

    expect(slots.tryReserveSlot()).toBeNull();
  });

  test('are free again once a call has been sent, however long its answer takes', async () => {
    const slots = new CallSlots(createCallPace(4));
    await takeCalls(slots, 4);
    const another = slots.reserveSlot(context, never);
    void slots.send(() => new Promise(() => undefined));

    expect(await another).toEqual({});
  });

  test('are free again once a poll has ended without a call', async () => {
    const slots = new CallSlots(createCallPace(4));
    await takeAll(slots);
    const another = slots.reserveSlot(context, never);
    slots.releaseSlot({});

    expect(await another).toEqual({});
  });

  test('are free again once a call has ended without being sent', async () => {
    const slots = new CallSlots(createCallPace(4));
    await takeCalls(slots, 4);
    const another = slots.reserveSlot(context, never);
    slots.releaseSlot({ slotInfo });

    expect(await another).toEqual({});
    expect(await isGranted(slots.reserveSlot(context, never))).toBe(true);
    expect(slots.tryReserveSlot()).toBeNull();
  });

  test('are not those of another worker at the same pace, nor freed by its calls', async () => {
    const pace = createCallPace(4);
    const [slots, others] = [new CallSlots(pace), new CallSlots(pace)];
    await takeCalls(others, 4);
    await takeAll(slots);
    const another = others.reserveSlot(context, never);
    void others.send(() => new Promise(() => undefined));

    expect(await another).toEqual({});
    expect(slots.tryReserveSlot()).toBeNull();
  });

  test('are not granted to who has given up before', async () => {
    const slots = new CallSlots(createCallPace(4));
    const reason = new Error('the worker stops');

    await expect(slots.reserveSlot(context, AbortSignal.abort(reason))).rejects.toBe(reason);
    await takeAll(slots);
  });

  test('are one while the pace is slowed down', async () => {
    const pace = createCallPace(20);
    const slots = new CallSlots(pace);
    pace.slowDown(true);
    await slots.reserveSlot(context, never);

    expect(slots.tryReserveSlot()).toBeNull();
    pace.slowDown(false);
    expect(slots.tryReserveSlot()).toEqual({});
  });

  test('are not waited for after an abort, which is passed on as it came', async () => {
    const slots = new CallSlots(createCallPace(1));
    await takeAll(slots);
    const shutdown = new AbortController();
    const reservation = slots.reserveSlot(context, shutdown.signal);
    const reason = new Error('the worker stops');
    shutdown.abort(reason);

    await expect(reservation).rejects.toBe(reason);
  });
});
