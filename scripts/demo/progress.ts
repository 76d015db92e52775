import type { Client } from '@temporalio/client';
import { createLogUpdate } from 'log-update';
import { AWAIT_REDIS_TASK, formatDuration, type RedisTaskWaitState } from 'temporal-tencent-redis';

const REFRESH_MS = 500;

export interface Progress {
  /** Writes what is to stay, above the live lines. */
  say(text: string): void;
  stop(): Promise<void>;
}

/** Shows every wait on the server while it goes on: in a terminal one live line each, in a pipe a line a change. */
export function showProgress(client: Client, out: NodeJS.WriteStream): Progress {
  const stopping = new AbortController();
  const live = out.isTTY ? createLogUpdate(out) : undefined;
  const said = new Map<string, string>();

  const show = (waits: readonly RedisTaskWaitState[]) => {
    if (live) {
      live(waits.map((wait) => `${factsOf(wait)} · ${paceOf(wait)}`).join('\n'));
      return;
    }
    for (const wait of waits) {
      const facts = factsOf(wait);
      if (said.get(String(wait.taskId)) !== facts) out.write(`${facts}\n`);
      said.set(String(wait.taskId), facts);
    }
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      show(await runningWaits(client));
      await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
    }
    live?.done();
  };
  const looping = loop();
  return {
    say(text) {
      if (live) live.persist(text);
      else out.write(`${text}\n`);
    },
    async stop() {
      stopping.abort();
      await looping;
    },
  };
}

async function runningWaits(client: Client): Promise<readonly RedisTaskWaitState[]> {
  const query = `WorkflowType="${AWAIT_REDIS_TASK}" AND ExecutionStatus="Running"`;
  const states: RedisTaskWaitState[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const wait = client.workflow.getHandle(workflowId, runId);
    // One that ends just now, or has not begun, answers no query: it is simply not shown this time.
    await wait.query<RedisTaskWaitState>('getState').then(
      (state) => states.push(state),
      () => undefined,
    );
  }
  return states.sort((a, b) => a.taskId - b.taskId);
}

function factsOf({ taskId, status, observation, lastError }: RedisTaskWaitState): string {
  const error = lastError ? ` · last error ${lastError.code}` : '';
  return `  task ${taskId} · ${status ?? 'not seen yet'}${observation?.instanceId ? ` · ${observation.instanceId}` : ''}${error}`;
}

function paceOf({ polls, nextPollAt, deadline }: RedisTaskWaitState): string {
  const until = (time: string) => formatDuration(Math.max(0, Date.parse(time) - Date.now()));
  const next = nextPollAt === null ? 'polling now' : `next poll in ${until(nextPollAt)}`;
  return `polls: ${polls} · ${next} · deadline in ${until(deadline)}`;
}
