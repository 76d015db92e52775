import { checkClock, checkCredentials, checkRate } from '../doctor-api.js';
import type { Finding } from '../doctor-finding.js';
import { CliError, EXIT, type ExitCode, worst } from '../exit-codes.js';
import { readPlan, type TaskFlags } from '../flags.js';
import { probeCalls } from '../probe-calls.js';
import { probeWaits, type Verdict } from '../probe.js';
import { connect, type Temporal } from '../temporal.js';
import { createOutput, type Output } from '../terminal.js';
import { ADVICE, type QueueReport, queueReports } from '../workers-present.js';

/** `redis-task doctor`: looks at everything a wait needs; each line passes or says what to do. */
export async function examine(flags: TaskFlags): Promise<ExitCode> {
  const output = createOutput(flags);
  const region = flags.region ?? (process.env['TENCENTCLOUD_REGION'] || 'ap-guangzhou');
  // Refuses what is no region, as every command does.
  readPlan({ taskId: 1, region });
  const findings: Finding[] = [];
  const found = (finding: Finding) => {
    findings.push(finding);
    write(finding, output);
  };
  for (const finding of await checkTemporal(flags)) found(finding);
  found(await checkCredentials(region, process.env));
  found(await checkClock(region, process.env));
  found(checkRate(process.env));
  return worst(findings.map(({ exitCode = EXIT.succeeded }) => exitCode));
}

async function checkTemporal(flags: TaskFlags): Promise<readonly Finding[]> {
  const later = ['namespace', 'workers for waits', 'workers for calls'];
  let temporal: Temporal;
  try {
    temporal = await connect(flags);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { message, exitCode } = error;
    const skipped = (check: string): Finding => ({
      check,
      result: 'skipped',
      message: 'Not checked: Temporal does not answer.',
    });
    // A server that knows no such namespace has answered.
    if (!message.includes('no such namespace')) {
      return [{ check: 'temporal', result: 'failed', message, exitCode }, ...later.map(skipped)];
    }
    const [, ...rest] = later.map((check): Finding => ({
      check,
      result: 'skipped',
      message: 'Not checked: there is no namespace.',
    }));
    return [
      { check: 'temporal', result: 'passed', message: 'Temporal answers.' },
      { check: 'namespace', result: 'failed', message, exitCode },
      ...rest,
    ];
  }
  return [
    { check: 'temporal', result: 'passed', message: `Temporal answers at ${temporal.address}.` },
    { check: 'namespace', result: 'passed', message: `The namespace ${temporal.namespace} is there.` },
    ...(await checkWorkers(temporal)),
  ];
}

async function checkWorkers(temporal: Temporal): Promise<readonly Finding[]> {
  const [reports, ...verdicts] = await Promise.all([
    queueReports(temporal),
    probeWaits(temporal),
    probeCalls(temporal),
  ]);
  return [
    { check: 'workers for waits', ...verdictOn(reports[0], verdicts[0], 'the workflow awaitRedisTask') },
    { check: 'workers for calls', ...verdictOn(reports[1], verdicts[1], 'the activity describeTaskInfo') },
  ];
}

function verdictOn(report: QueueReport, verdict: Verdict, work: string): Omit<Finding, 'check'> {
  const { queue, pollers, callsPerSecond } = report;
  const rate = callsPerSecond === undefined ? '' : `, held to ${callsPerSecond} calls a second in all`;
  if (verdict === 'untaken' || pollers === 0) {
    const message = `No worker takes work from queue ${queue}. ${ADVICE}`;
    return { result: 'failed', message, exitCode: EXIT.noWorker };
  }
  if (verdict === 'undone') {
    const message = `A worker takes work from queue ${queue}, but does not do it: see in its log whether it serves ${work}.`;
    return { result: 'failed', message, exitCode: EXIT.noWorker };
  }
  const listed = `Queue ${queue} has ${pollers} ${pollers === 1 ? 'poller' : 'pollers'}${rate}`;
  const seen = {
    done: `A worker takes work from queue ${queue}${rate}.`,
    busy: `${listed}; they are busy.`,
    unknown: `${listed}, by a list that has those of the last minutes too.`,
  }[verdict];
  return { result: 'passed', message: seen };
}

function write({ check, result, message }: Finding, output: Output): void {
  const mark = {
    passed: output.paint('green', '✓'),
    failed: output.paint('red', '✗'),
    skipped: output.paint('yellow', '-'),
  }[result];
  output.result({ check, result, message }, `${mark} ${check.padEnd(18)} ${message}`);
}
