import { once } from 'node:events';
import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit, SlotReleaseContext } from '@temporalio/worker';
import type { CallPace } from '../../tencent/call-pace.js';

/** So many polls fewer are open for each call that waits for its turn: with four that wait, the worker polls no more. */
const POLLS_PER_WAITING_CALL = 2;

/**
 * The slots of one worker for calls, at a pace that it shares with others. It takes no more calls from its task queue than
 * can be sent soon: a call that waits here has used its share of the fleet's rate already, and another worker could have
 * sent it.
 *
 * Each worker needs slots of its own: an idle one holds all of them with its long polls, and one that stops may be granted
 * a slot that the SDK never gives back.
 */
export class CallSlots implements CustomSlotSupplier<ActivitySlotInfo>, Pick<CallPace, 'send' | 'hold'> {
  readonly type = 'custom';
  /** Slots that poll for a call. */
  private polling = 0;
  /** Slots that have one. */
  private used = 0;
  /** Calls of this worker that have had their turn. */
  private sending = 0;

  constructor(private readonly pace: CallPace) {}

  /** Makes a call of this worker in its turn. Its slot is another's from then on, however long the answer takes. */
  send<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.pace.send(async () => {
      this.sending += 1;
      this.changed();
      try {
        return await call();
      } finally {
        this.sending -= 1;
        this.changed();
      }
    }, signal);
  }

  hold(): void {
    this.pace.hold();
  }

  async reserveSlot(_context: unknown, signal: AbortSignal): Promise<SlotPermit> {
    signal.throwIfAborted();
    while (!this.isFree()) {
      // The SDK tells an orderly abort by this very reason.
      await once(this.pace.events, 'change', { signal }).catch(() => signal.throwIfAborted());
    }
    return this.take();
  }

  tryReserveSlot(): SlotPermit | null {
    return this.isFree() ? this.take() : null;
  }

  markSlotUsed(): void {
    this.polling -= 1;
    this.used += 1;
  }

  releaseSlot({ slotInfo }: Pick<SlotReleaseContext<ActivitySlotInfo>, 'slotInfo'>): void {
    if (slotInfo) this.used -= 1;
    else this.polling -= 1;
    this.changed();
  }

  private isFree(): boolean {
    return this.polling + POLLS_PER_WAITING_CALL * (this.used - this.sending) < this.pace.polls;
  }

  private take(): SlotPermit {
    this.polling += 1;
    return {};
  }

  private changed(): void {
    this.pace.events.emit('change');
  }
}
