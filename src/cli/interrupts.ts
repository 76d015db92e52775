/** Signals that ask this process to end, heard from now on: whatever was started can be stopped in the right order. */
export class Interrupts {
  private readonly heard: NodeJS.Signals[] = [];
  private act: (signal: NodeJS.Signals) => void = () => undefined;
  private readonly listener = (signal: NodeJS.Signals) => {
    this.heard.push(signal);
    this.act(signal);
  };

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.listener);
  }

  /** Says what to do from now on, also about a signal that has come already. */
  handle(act: (signal: NodeJS.Signals) => void): void {
    this.act = act;
    const [first] = this.heard.splice(0);
    if (first) act(first);
  }

  /** Rejects when a signal comes. */
  async during<T>(work: Promise<T>, error: () => Error): Promise<T> {
    const interrupted = new Promise<never>((_, reject) => this.handle(() => reject(error())));
    // Whichever loses the race must not count as unhandled.
    work.catch(() => undefined);
    return Promise.race([work, interrupted]);
  }

  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.listener);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
