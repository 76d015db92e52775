import { checkClock, checkCredentials, checkSettings, notChecked } from '../doctor-api.js';
import { checkCallWorkers, checkWaitWorkers } from '../doctor-workers.js';
import { CliError, EXIT, type ExitCode, worst } from '../exit-codes.js';
import { readPlan } from '../flags.js';
import type { TaskFlags } from '../options.js';
import { connect, type Temporal } from '../temporal.js';
import { createOutput, printable } from '../terminal.js';

/** `redis-task doctor`: checks everything a wait needs. Each line passes or says what to do. */
export async function examine(flags: TaskFlags): Promise<ExitCode> {
  const output = createOutput(flags);
  const { env } = process;
  const region = flags.region || 'ap-guangzhou';
  readPlan({ taskId: 1, region });
  let temporal: Temporal | undefined;
  let noNamespace: unknown;
  const connected = () => temporal ?? fail(notChecked('there is no connection to a namespace of Temporal'));
  const checks: Readonly<Record<string, () => string | Promise<string>>> = {
    temporal: async () => {
      temporal = await connect(flags).catch((error: unknown) => {
        const isAnswer = error instanceof CliError && error.message.includes('no such namespace');
        if (!isAnswer) throw error;
        noNamespace = error;
        return undefined;
      });
      return `Temporal answers${temporal ? ` at ${temporal.address}` : ''}.`;
    },
    namespace: () => (noNamespace ? fail(noNamespace) : `The namespace ${connected().namespace} exists.`),
    'workers for waits': () => checkWaitWorkers(connected()),
    'workers for calls': () => checkCallWorkers(connected()),
    credentials: () => checkCredentials(region, env),
    clock: () => checkClock(region, env),
    settings: () => checkSettings(env),
  };
  const codes: ExitCode[] = [];
  const write = (check: string, result: keyof typeof MARKS, message: string) => {
    const [colour, mark] = MARKS[result];
    output.result({ check, result, message }, `${output.paint(colour, mark)} ${check.padEnd(18)} ${message}`);
  };
  for (const [check, run] of Object.entries(checks)) {
    try {
      write(check, 'passed', await run());
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const { exitCode, message } = error;
      codes.push(exitCode);
      write(check, exitCode === EXIT.succeeded ? 'skipped' : 'failed', printable(message));
    }
  }
  return worst(codes);
}

const MARKS = { passed: ['green', '✓'], failed: ['red', '✗'], skipped: ['yellow', '-'] } as const;

function fail(error: unknown): never {
  throw error;
}
