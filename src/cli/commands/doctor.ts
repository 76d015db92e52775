import { checkClock, checkCredentials, checkSettings, notChecked } from '../doctor-api.js';
import { checkOpenWaits, checkSearchAttributes } from '../doctor-waits.js';
import { checkWorkers } from '../doctor-workers.js';
import { EXIT, type ExitCode, toCliError, worstOf } from '../exit-codes.js';
import { readPlan } from '../flags.js';
import type { Host } from '../host.js';
import type { TaskFlags } from '../options.js';
import { reach, requireNamespace, type Temporal } from '../temporal.js';
import { createOutput, printable } from '../terminal.js';

/** `redis-task doctor`: checks everything a wait needs. Each line passes or says what to do. */
export async function examine(host: Host, flags: TaskFlags): Promise<ExitCode> {
  const output = createOutput(host, flags);
  const { env } = host;
  const region = flags.region || 'ap-guangzhou';
  readPlan({ taskId: 1, region });
  let server: Temporal | undefined;
  let temporal: Temporal | undefined;
  let workers: ReturnType<typeof checkWorkers> | undefined;
  const checkedWorkers = () => (workers ??= checkWorkers(requireConnection(temporal)));
  const checks: Readonly<Record<string, () => string | Promise<string>>> = {
    temporal: async () => {
      server = await reach(flags, env);
      return `Temporal answers at ${server.address}.`;
    },
    namespace: async () => {
      temporal = await requireNamespace(requireConnection(server));
      return `The namespace ${temporal.namespace} exists.`;
    },
    'workers for waits': () => checkedWorkers().waits,
    'workers for calls': () => checkedWorkers().calls,
    'workers for watches': () => checkedWorkers().watches,
    'search attributes': () => checkSearchAttributes(requireConnection(temporal), env),
    'open waits': () => checkOpenWaits(requireConnection(temporal)),
    credentials: () => checkCredentials(region, env),
    clock: () => checkClock(region, env),
    settings: () => checkSettings(env),
  };
  const width = Math.max(...Object.keys(checks).map(({ length }) => length));
  const codes: ExitCode[] = [];
  const write = (check: string, result: keyof typeof MARKS, message: string) => {
    const [colour, mark] = MARKS[result];
    output.result({ check, result, message }, `${output.paint(colour, mark)} ${check.padEnd(width)} ${message}`);
  };
  for (const [check, run] of Object.entries(checks)) {
    try {
      write(check, 'passed', await run());
    } catch (error) {
      const { exitCode, message } = toCliError(error);
      codes.push(exitCode);
      write(check, exitCode === EXIT.succeeded ? 'skipped' : 'failed', printable(message));
    }
  }
  return worstOf(codes);
}

const MARKS = { passed: ['green', '✓'], failed: ['red', '✗'], skipped: ['yellow', '-'] } as const;

function requireConnection(temporal: Temporal | undefined): Temporal {
  if (temporal === undefined) throw notChecked('there is no connection to a namespace of Temporal');
  return temporal;
}
