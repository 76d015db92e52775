import { checkClock, checkCredentials, checkSettings, type Finding } from '../doctor-api.js';
import { checkWorkers } from '../doctor-workers.js';
import { CliError, EXIT, type ExitCode, worst } from '../exit-codes.js';
import { readPlan } from '../flags.js';
import type { TaskFlags } from '../options.js';
import { connect } from '../temporal.js';
import { createOutput } from '../terminal.js';

/** `redis-task doctor`: checks everything a wait needs; each line passes or says what to do. */
export async function examine(flags: TaskFlags): Promise<ExitCode> {
  const output = createOutput(flags);
  const region = flags.region || 'ap-guangzhou';
  readPlan({ taskId: 1, region });
  const marks = {
    passed: output.paint('green', '✓'),
    failed: output.paint('red', '✗'),
    skipped: output.paint('yellow', '-'),
  };
  const codes: ExitCode[] = [];
  for (const check of [
    () => checkTemporal(flags),
    () => checkCredentials(region, process.env),
    () => checkClock(region, process.env),
    () => checkSettings(process.env),
  ]) {
    for (const { exitCode = EXIT.succeeded, ...finding } of [await check()].flat()) {
      codes.push(exitCode);
      output.result(finding, `${marks[finding.result]} ${finding.check.padEnd(18)} ${finding.message}`);
    }
  }
  return worst(codes);
}

async function checkTemporal(flags: TaskFlags): Promise<Finding[]> {
  const passed = (check: string, message: string): Finding => ({ check, result: 'passed', message });
  try {
    const temporal = await connect(flags);
    return [
      passed('temporal', `Temporal answers at ${temporal.address}.`),
      passed('namespace', `The namespace ${temporal.namespace} exists.`),
      ...(await checkWorkers(temporal)),
    ];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { message, exitCode } = error;
    // A server without the namespace has answered.
    const answers = message.includes('no such namespace') ? [passed('temporal', 'Temporal answers.')] : [];
    const checks = ['temporal', 'namespace', 'workers for waits', 'workers for calls'].slice(answers.length);
    const [check = '', ...later] = checks;
    const skipped = later.map((each): Finding => ({ check: each, result: 'skipped', message: `Needs ${check}.` }));
    return [...answers, { check, result: 'failed', message, exitCode }, ...skipped];
  }
}
