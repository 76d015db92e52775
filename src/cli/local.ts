import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CliError, EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { type TemporalFlags, temporalVariables } from './options.js';
import { connect, type Temporal } from './temporal.js';
import { type Output, printable } from './terminal.js';
import { requireWorkers } from './workers.js';

const PROCESS = fileURLToPath(new URL('./local-process.js', import.meta.url));

/** Starts a Temporal server with its UI, and a worker with the caller's credentials. */
export function startLocal(host: Host, { taskQueue, temporalUi }: TemporalFlags, output: Output) {
  const own = Object.entries(host.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  const env = { ...Object.fromEntries(own), ...temporalVariables(taskQueue === undefined ? {} : { taskQueue }) };
  // Detached: Ctrl-C reaches only this process, which then stops everything in order.
  const child = fork(PROCESS, { env, detached: true, silent: true });
  let last = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-2_000)));
  child.stdout?.resume();
  const exited = once(child, 'exit');
  const failed = once(child, 'close').then((): never => {
    const [, reason] = /^redis-task worker: (.*)$/m.exec(last) ?? [];
    if (reason !== undefined) throw new CliError(EXIT.usage, `The worker did not start: ${printable(reason)}`);
    throw new CliError(EXIT.error, `--local has ended: ${printable(last.trim().split('\n').at(-1) ?? '')}`);
  });
  failed.catch(() => undefined);
  const prepare = async (): Promise<Temporal> => {
    const [{ configFile, address, uiUrl }] = (await once(child, 'message')) as [
      Record<'configFile' | 'address' | 'uiUrl', string>,
    ];
    const temporal = await connect({ temporalUi: temporalUi ?? uiUrl }, { ...env, TEMPORAL_CONFIG_FILE: configFile });
    output.say(`A Temporal server of its own at ${address}, Temporal UI at ${uiUrl}: both end with this command.`);
    return requireWorkers(temporal, true);
  };
  return {
    /** Resolves when the worker is ready. */
    temporal: Promise.race([prepare(), failed]),
    /** Rejects when server or worker end too early; never resolves. */
    failed,
    stop: () => {
      if (child.connected) child.disconnect();
      return exited;
    },
  };
}
