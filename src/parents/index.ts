// Parents whose cancellation the server would not deliver: see `ParentFollower`.
import { type InjectedSinks, Runtime, type Worker, type WorkerOptions, type WorkerPlugin } from '@temporalio/worker';
import { OpenWaitsList } from './open-waits.js';
import { ParentFollower } from './parent-follower.js';
import { UnheardParents } from './unheard-parents.js';

/** How a wait tells its worker that its open run is one that its parent does not know. */
export type ParentSinks = { redisTaskParents: { follow(): void } };

/** How often to look for what no wait tells: it was in the cache of a worker that was killed, or its parent was reset. */
const LOOK_EVERY_MS = 30_000;

/** While its worker runs, cancels the waits there whose parents have cancelled them, where the server would not. */
export class ParentCancellations implements WorkerPlugin {
  readonly name = 'temporal-tencent-redis.ParentCancellations';
  private follower: ParentFollower | undefined;
  private readonly sinks: InjectedSinks<ParentSinks> = {
    redisTaskParents: {
      follow: {
        fn: ({ parent }) => parent && this.follower?.follow(parent),
        // A worker that loads a wait must know its parent too.
        callDuringReplay: true,
      },
    },
  };

  constructor(private readonly lookEveryMs = LOOK_EVERY_MS) {}

  /** Adds it to the options of a worker, unless they have one. */
  static addTo(options: WorkerOptions): WorkerOptions {
    const plugins = options.plugins ?? [];
    if (plugins.some((each) => each instanceof ParentCancellations)) return options;
    const own = new ParentCancellations();
    // The SDK has collected the plugins before, and runs them later.
    return own.configureWorker({ ...options, plugins: [...plugins, own] });
  }

  configureWorker(options: WorkerOptions): WorkerOptions {
    return { ...options, sinks: { ...options.sinks, ...this.sinks } };
  }

  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const stop = this.start(worker);
    await next(worker).finally(stop);
  }

  private start({ client, options: { taskQueue } }: Worker): () => void {
    if (!client) return () => undefined;
    const follower = (this.follower = new ParentFollower(client));
    const openWaits = OpenWaitsList.of(client, taskQueue);
    const unheard = new UnheardParents(client);
    const look = async () => {
      try {
        const { waits } = await openWaits.list(openWaits.servesMs());
        for (const parent of await unheard.of(waits)) follower.follow(parent);
      } catch (error) {
        Runtime.instance().logger.debug('The parents of the open waits cannot be looked up', { taskQueue, error });
      }
    };
    void look();
    const timer = setInterval(() => void look(), this.lookEveryMs).unref();
    return () => {
      clearInterval(timer);
      follower.stop();
    };
  }
}
