const stop = new AbortController();

/**
 * What ends the worker process: the signals are heard from the first call on. Imports nothing, so that this can come first
 * of all, and the listeners stay, so that a second signal does not interrupt the drain.
 */
export function stopOnSignals(): AbortController {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    if (!process.listeners(signal).includes(heard)) process.on(signal, heard);
  }
  return stop;
}

function heard(signal: NodeJS.Signals): void {
  stop.abort(new Error(signal));
}
