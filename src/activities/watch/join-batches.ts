import type { WatchedWait } from '../../contract/watch/watch.js';
import type { Watches } from './watches.js';

/** How long a join waits for others: each batch is one signal, which costs the watch a workflow task. */
const BATCH_MS = 1_000;
const BATCH_MAX = 500;

interface Batch {
  readonly waits: WatchedWait[];
  readonly sent: Promise<void>;
}

/** Sends joins of this process together. */
export class JoinBatches {
  private readonly open = new Map<string, Batch>();

  constructor(private readonly watches: Pick<Watches, 'join'>) {}

  /** @throws what sending the batch throws */
  async join(wait: WatchedWait): Promise<void> {
    const { region } = wait;
    const batch = this.open.get(region) ?? this.begin(region);
    batch.waits.push(wait);
    if (batch.waits.length >= BATCH_MAX) this.open.delete(region);
    await batch.sent;
  }

  private begin(region: string): Batch {
    const waits: WatchedWait[] = [];
    const send = async () => {
      await new Promise((resolve) => setTimeout(resolve, BATCH_MS));
      if (this.open.get(region)?.waits === waits) this.open.delete(region);
      await this.watches.join(region, waits);
    };
    const batch = { waits, sent: send() };
    this.open.set(region, batch);
    return batch;
  }
}
