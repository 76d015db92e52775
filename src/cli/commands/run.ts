import { RedisTaskWaitCancelledError } from '../../client/error.js';
import { RedisActionError, RedisActionKeyUsedError } from '../../client/index.js';
import type { RunRedisActionInput } from '../../contract/action/input.js';
import type { RedisActionResult } from '../../contract/action/outcome.js';
import { formatDuration } from '../../contract/duration.js';
import { ACTION_FAILURE_EXIT, CliError, EXIT, type ExitCode } from '../exit-codes.js';
import type { Host } from '../host.js';
import { type PollingFlags, pollingInput, type TaskFlags } from '../options.js';
import { createEnding, type Ending, endingOfError, writeEnding } from '../outcome.js';
import { type Temporal, withTemporal } from '../temporal.js';
import { printable } from '../terminal.js';

interface RunFlags extends TaskFlags, PollingFlags {
  readonly params: string;
  readonly key: string;
  readonly expect?: string;
  readonly waitFor?: string;
}

/** `redis-task run`: submits a change once, or joins the one of this key, and waits for its end. */
export function runAction(host: Host, action: string, flags: RunFlags): Promise<ExitCode> {
  const { key, params, expect, waitFor, region, ...rest } = flags;
  if (!region) throw new CliError(EXIT.usage, 'Which region? Give --region, or set TENCENTCLOUD_REGION.');
  const input = {
    ...{ action, region, params: readJson('--params', params) },
    ...(expect !== undefined && { expect: readJson('--expect', expect) }),
    ...(waitFor !== undefined && { waitFor }),
    ...pollingInput(rest),
  } as RunRedisActionInput;
  return withTemporal(host, flags, async (temporal, output) => {
    const link = temporal.link(key);
    output.say(`${printable(action)} as ${printable(key)}${link ? ` · ${link}` : ''}`);
    const ending = await endOf(temporal, input, key);
    return writeEnding(output, ending, link);
  });
}

async function endOf(temporal: Temporal, input: RunRedisActionInput, key: string): Promise<Ending> {
  try {
    return succeeded(await temporal.waits.run(input, { key }));
  } catch (error) {
    if (error instanceof RedisActionError) {
      const { type, message, details } = error.failure;
      if (type === 'RedisTaskInvalidInput') throw new CliError(EXIT.usage, printable(message));
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
    return endingOfError(error, { workflowId: key }, temporal);
  }
}

function succeeded(result: RedisActionResult): Ending {
  const { action, taskIds, dealName, instanceIds, submits, waitedMs } = result;
  const started = [...taskIds.map((id) => `task ${id}`), ...(dealName ? [`deal ${dealName}`] : []), ...instanceIds];
  const what = started.length > 0 ? started.join(', ') : 'nothing had to be done';
  const count = `${submits} ${submits === 1 ? 'submit' : 'submits'}`;
  const text = `${action} · ${printable(what)} · ${count} · waited ${formatDuration(waitedMs)}`;
  return { exitCode: EXIT.succeeded, json: result, text };
}

function readJson(flag: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(EXIT.usage, `${flag} must be a JSON object, such as '{"InstanceId":"crs-09u2u96z"}'.`);
  }
}
