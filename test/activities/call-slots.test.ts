import { CallSlots } from '../../src/activities/call-slots.js';
import { createCallPace } from '../../src/tencent/call-pace.js';

const context = {};
const never = new AbortController().signal;

/** Whether a reservation is granted without anything else happening. */
async function isGranted(reservation: Promise<unknown>): Promise<boolean> {
  const waiting = Symbol();
  const first = await Promise.race([reservation, new Promise((resolve) => setImmediate(resolve, waiting))]);
  return first !== waiting;
}

async function takeAll(slots: CallSlots): Promise<void> {
  for (let taken = 0; taken < 4; taken++) await slots.reserveSlot(context, never);
}

describe('the slots of a worker for calls', () => {
  test('are four, one for each partition of a task queue', async () => {
    const slots = new CallSlots(createCallPace(4));
    await takeAll(slots);

    expect(await isGranted(slots.reserveSlot(context, never))).toBe(false);
  });

  test('are free again once a call has been sent, however long its answer takes', async () => {
    const slots = new CallSlots(createCallPace(4));
    await takeAll(slots);
    const another = slots.reserveSlot(context, never);
    void slots.send(() => new Promise(() => undefined));

    expect(await another).toEqual({});
  });

  test('are free again once one is given back', async () => {
    const slots = new CallSlots(createCallPace(4));
    await takeAll(slots);
    const another = slots.reserveSlot(context, never);
    slots.releaseSlot();

    expect(await another).toEqual({});
  });

  test('are not those of another worker at the same pace, nor freed by its calls', async () => {
    const pace = createCallPace(4);
    const [slots, others] = [new CallSlots(pace), new CallSlots(pace)];
    await takeAll(others);
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
