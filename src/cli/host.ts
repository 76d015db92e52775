/** What a command uses of the process that runs it. */
export interface Host {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly stdout: Screen;
  readonly stderr: Screen;
  on(signal: NodeJS.Signals, listener: NodeJS.SignalsListener): unknown;
  off(signal: NodeJS.Signals, listener: NodeJS.SignalsListener): unknown;
}

/** A stream that may be a terminal. Some terminals report no size. */
export type Screen = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** What stops a command that watches. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls the listener instead of ending the process. Gives back what leaves that to the process again. */
export function onStopSignal(host: Host, listener: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of STOP_SIGNALS) host.on(signal, listener);
  return () => {
    for (const signal of STOP_SIGNALS) host.off(signal, listener);
  };
}

/** Resolves `stopped` with the first stop signal; `leave` leaves them to the process again. */
export function untilStopped(host: Host) {
  let stop: () => void;
  const stopped = new Promise<undefined>((resolve) => (stop = () => resolve(undefined)));
  return { stopped, leave: onStopSignal(host, () => stop()) };
}
