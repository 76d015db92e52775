// Parents whose cancellation the server would not deliver: see `ParentFollower`.
import { type InjectedSinkFunction, Runtime, type Worker } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';
import { ContinuedWaits } from './continued-waits.js';
import { ParentFollower } from './parent-follower.js';

/** How a wait tells its worker that its open run is one that its parent does not know. */
export type ParentSinks = { redisTaskParents: { follow(): void } };

/** How often to look for waits that no worker has in its cache: the one that had them was killed. */
const LOOK_EVERY_MS = 30_000;

/** The sinks of a worker of waits; {@link forwardCancellations} finds them there. */
export function parentSinks() {
  return { redisTaskParents: { follow: new ParentCancellations() } };
}

/**
 * While a worker with {@link parentSinks} runs, cancels its waits whose parents have cancelled them, where the server would
 * not.
 *
 * @returns ends it
 */
export function forwardCancellations(worker: Worker): () => void {
  const own = worker.options.sinks?.['redisTaskParents']?.['follow'];
  return own instanceof ParentCancellations ? own.start(worker) : () => undefined;
}

class ParentCancellations implements InjectedSinkFunction<() => void> {
  /** A worker that loads a wait must know its parent too. */
  readonly callDuringReplay = true;
  private follower: ParentFollower | undefined;

  fn({ parent }: WorkflowInfo): void {
    if (parent) this.follower?.follow(parent);
  }

  start({ client, options: { taskQueue } }: Worker): () => void {
    if (!client) return () => undefined;
    const follower = (this.follower = new ParentFollower(client));
    const waits = new ContinuedWaits(client, taskQueue);
    const look = async () => {
      try {
        for (const parent of await waits.parents()) follower.follow(parent);
      } catch (error) {
        Runtime.instance().logger.debug('The parents of the open waits cannot be looked up', { taskQueue, error });
      }
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
    return () => {
      clearInterval(timer);
      follower.stop();
    };
  }
}
