import { once } from 'node:events';
import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit } from '@temporalio/worker';
import type { CallPace } from '../tencent/call-pace.js';

/**
 * Takes no more calls from the task queue than this process can send soon: a call that waits here has used its share of
 * the fleet's rate already, and another worker could have sent it.
 */
export class CallSlots implements CustomSlotSupplier<ActivitySlotInfo> {
  readonly type = 'custom';
  /** Slots that poll for a call or have one. */
  private taken = 0;

  constructor(private readonly pace: CallPace) {}

  async reserveSlot(_context: unknown, signal: AbortSignal): Promise<SlotPermit> {
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
    // A slot counts from its reservation on.
  }

  releaseSlot(): void {
    this.taken -= 1;
    this.pace.events.emit('change');
  }

  private isFree(): boolean {
    return this.taken - this.pace.sending < this.pace.ahead;
  }

  private take(): SlotPermit {
    this.taken += 1;
    return {};
  }
}
