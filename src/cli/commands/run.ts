import type { WorkflowHandle } from '@temporalio/client';
import pLimit from 'p-limit';
import { RedisTaskNoWorkerError, RedisTaskWaitCancelledError } from '../../client/error.js';
import { RedisActionError, RedisActionKeyUsedError } from '../../client/index.js';
import { progressOf } from '../../client/progress.js';
import { resultOfAction, startAction } from '../../client/run-action.js';
import { untilBegun } from '../../client/workers.js';
import { readActionInput, type RunRedisActionInput } from '../../contract/action/input.js';
import { actionSubject } from '../../contract/action/messages.js';
import type { RedisActionResult } from '../../contract/action/outcome.js';
import type { RedisActionState } from '../../contract/action/view.js';
import { formatDuration } from '../../contract/duration.js';
import { InvalidInputFailure } from '../../contract/invalid-input.js';
import { ACTION_FAILURE_EXIT, CliError, EXIT, type ExitCode } from '../exit-codes.js';
import { type Host, untilStopped } from '../host.js';
import { LiveView, type Shown } from '../live-view.js';
import { type PollingFlags, pollingInput, type TaskFlags } from '../options.js';
import { cancelCommand, createEnding, type Ending, endingOfError, wholeSeconds, writeEnding } from '../outcome.js';
import { type Temporal, withTemporal } from '../temporal.js';
import { printable } from '../terminal.js';
import { describeNoWorker } from '../workers.js';

interface RunFlags extends TaskFlags, PollingFlags {
  readonly params: string;
  readonly key: string;
  readonly expect?: string;
  readonly waitFor?: string;
}

type View = LiveView<Shown<RedisActionState>, RedisActionState>;

/** `redis-task run`: submits a change once, or joins the one of this key, and shows it until its end. */
export function runAction(host: Host, action: string, flags: RunFlags): Promise<ExitCode> {
  const { key, params, expect, waitFor, region, ...rest } = flags;
  if (!region) throw new CliError(EXIT.usage, 'Which region? Give --region, or set TENCENTCLOUD_REGION.');
  const input = {
    ...{ action, region, params: readJson('--params', params) },
    ...(expect !== undefined && { expect: readJson('--expect', expect) }),
    ...(waitFor !== undefined && { waitFor }),
    ...pollingInput(rest),
  } as RunRedisActionInput;
  const subject = subjectOf(input);
  return withTemporal(host, flags, async (temporal, output) => {
    const shown: Shown<RedisActionState> = { workflowId: key };
    const limit = pLimit(1);
    const view: View = new LiveView(temporal, output, new Set([shown]), host, {
      follow: (_shown, options) => {
        const change = temporal.waits.client.workflow.getHandle(key);
        return progressOf<RedisActionState>(temporal.waits.client, change, limit, options);
      },
      name: () => printable(action),
      text: ({ state }) => (state ? stateText(state) : `${printable(action)} · not begun yet`),
      headline: ({ stage, nextStepAt, lastSubmit, submits, taskIds, dealName }) =>
        stage === 'pausing' ? [submits, lastSubmit, nextStepAt] : [submits, lastSubmit, taskIds, dealName],
    });
    const { stopped, leave } = untilStopped(host);
    try {
      const ending = await Promise.race([endOf(temporal, { input, subject, key }, view, shown), stopped]);
      const link = temporal.link(key);
      if (!ending) {
        view.say(`Stopped watching; the change goes on. The same command attaches to it again.`);
        return EXIT.interrupted;
      }
      view.end(shown, () => void writeEnding(output, ending, link));
      return ending.exitCode;
    } finally {
      view.stop();
      leave();
    }
  });
}

/** What is shown of a change. @throws CliError when its input breaks a rule: then nothing is connected to, or printed */
function subjectOf(input: RunRedisActionInput): string {
  try {
    return actionSubject(readActionInput(input));
  } catch (error) {
    throw error instanceof InvalidInputFailure ? new CliError(EXIT.usage, printable(error.message)) : error;
  }
}

async function endOf(
  temporal: Temporal,
  { input, subject, key }: { readonly input: RunRedisActionInput; readonly subject: string; readonly key: string },
  view: View,
  shown: Shown<RedisActionState>,
): Promise<Ending> {
  const { waits } = temporal;
  try {
    const change: WorkflowHandle = await startAction(waits.client, waits.taskQueue, input, { key });
    const link = temporal.link(key);
    view.say(`${printable(subject)} as ${printable(key)}${link ? ` · ${link}` : ''}`);
    await untilBegun(waits.client, key);
    void view.follow(shown);
    return succeeded(await resultOfAction(change));
  } catch (error) {
    if (error instanceof RedisActionError) {
      const { type, message, details } = error.failure;
      const text = `${type}: ${printable(message)}`;
      return { ...createEnding(ACTION_FAILURE_EXIT[type], type, message, details), text };
    }
    if (error instanceof RedisActionKeyUsedError) {
      const { message, workflowId, status } = error;
      return createEnding(EXIT.noWait, 'KeyUsed', printable(message), { workflowId, status });
    }
    if (error instanceof RedisTaskWaitCancelledError) {
      return createEnding(EXIT.cancelled, 'Cancelled', error.message, { workflowId: key });
    }
    if (error instanceof RedisTaskNoWorkerError) {
      const { taskQueue, advice } = error;
      const danger = `The change ${printable(key)} stays in the queue, and is submitted when a worker comes. To prevent that: ${cancelCommand(key)}.`;
      throw new CliError(
        EXIT.noWorker,
        `${describeNoWorker(taskQueue, temporal, advice)} ${danger} Or start one with: redis-task worker`,
      );
    }
    return endingOfError(error, { workflowId: key }, temporal);
  }
}

function succeeded(result: RedisActionResult): Ending {
  const { action, submits, waitedMs } = result;
  const text = `${action} · ${startedText(result) || 'nothing had to be done'} · ${submitsText(submits)} · waited ${formatDuration(waitedMs)}`;
  return { exitCode: EXIT.succeeded, json: result, text };
}

/** The state of a change on one line, first what a narrow terminal has room for: what it waits for, then what was submitted. */
function stateText(state: RedisActionState): string {
  const { stage, submits, submittedAt, lastError, lastSubmit, deadline } = state;
  const submitted = submittedAt === null ? '' : `, ${clock(submittedAt)}`;
  const failed = lastError && lastSubmit !== 'accepted' ? printable(lastError.code) : '';
  const parts = [
    printable(state.action),
    doing(state),
    submits === 0 ? 'not submitted yet' : `${submitsText(submits)}${submitted}`,
    stage === 'waiting' ? '' : failed,
    `deadline in ${wholeSeconds(Date.parse(deadline) - Date.now())}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

function doing({ stage, nextStepAt, lastSubmit, ...state }: RedisActionState): string {
  const left = nextStepAt === null ? '' : ` in ${wholeSeconds(Date.parse(nextStepAt) - Date.now())}`;
  switch (stage) {
    case 'reading':
      return 'reading the tasks of the instance';
    case 'submitting':
      return 'submitting';
    case 'looking':
      return 'looking for what was started';
    case 'pausing':
      if (lastSubmit === 'busy') return `the instance is busy, submitting again${left}`;
      return lastSubmit === 'uncertain' ? `uncertain, looking again${left}` : `going on${left}`;
    case 'waiting':
      // The instance of a task is named already.
      return `waiting for ${startedText(state.taskIds.length > 0 ? { ...state, instanceIds: [] } : state) || 'nothing'}`;
    case 'ended':
      return '';
  }
}

function startedText({
  taskIds,
  dealName,
  instanceIds,
}: Pick<RedisActionResult, 'taskIds' | 'dealName' | 'instanceIds'>) {
  const started = [...taskIds.map((id) => `task ${id}`), ...(dealName ? [`deal ${dealName}`] : []), ...instanceIds];
  return printable(started.join(', '));
}

function submitsText(submits: number): string {
  return `${submits} ${submits === 1 ? 'submit' : 'submits'}`;
}

/** A time of today, in UTC as everywhere. */
function clock(time: string): string {
  return `at ${time.slice(11, 19)} UTC`;
}

function readJson(flag: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(EXIT.usage, `${flag} must be a JSON object, such as '{"InstanceId":"crs-09u2u96z"}'.`);
  }
}
