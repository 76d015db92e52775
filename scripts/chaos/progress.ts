import { createLogUpdate } from 'log-update';

const LIVE_MS = 500;
const LINE_MS = 5_000;

/** Shows a line while the run goes on: in a terminal one that changes, in a pipe a new one every 5 s. */
export function showProgress(out: NodeJS.WriteStream, line: () => Promise<string>): { stop(): void } {
  const live = out.isTTY ? createLogUpdate(out) : undefined;
  let busy = false;
  let stopped = false;
  const show = async () => {
    if (busy) return;
    busy = true;
    // While the server is away there is nothing to count.
    const text = await line().catch(() => 'the Temporal server is away');
    busy = false;
    if (stopped) return;
    if (live) live(text);
    else out.write(`${text}\n`);
  };
  const timer = setInterval(() => void show(), live ? LIVE_MS : LINE_MS);
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
      live?.done();
    },
  };
}
