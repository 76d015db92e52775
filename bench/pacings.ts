import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { Process } from '../test/support/processes.js';
import type { Stage } from '../test/support/stage.js';
import {
  actionsBetween,
  cpuBetween,
  readStored,
  readUsage,
  type Stored,
  type Usage,
  type Watched,
} from './pacings/usage.js';
import { definePart, type Say } from './support/part.js';
import { startStage } from './support/start-stage.js';
import { mean, median, medianOfKnown, quantile, rounded } from './support/statistics.js';
import { PACINGS, startWaits, taskIdsFrom, waitId } from './support/waits.js';

export interface PacingsParameters {
  readonly waits: number;
  readonly intervalMs: number;
  /** How long each measurement lasts. */
  readonly seconds: number;
  /** How long to look at the processes while there is no wait. */
  readonly idleSeconds: number;
  /** How often each way is measured, in turn with the others. */
  readonly rounds: number;
  readonly settings: Readonly<Record<string, string>>;
}

const SAMPLE = "Temporal's sample (activity retries)";
const WAYS = [...PACINGS, SAMPLE] as const;
type Way = (typeof WAYS)[number];

/** What one unchanged poll costs: medians over the rounds. CPU is null where the system does not tell it. */
export interface PollCost {
  readonly way: string;
  readonly polls: number;
  readonly events: number;
  readonly bytes: number;
  readonly transitions: number;
  readonly actions: number;
  readonly actionsByKind: Readonly<Record<string, number>>;
  readonly workerCpuMs: number | null;
  readonly serverCpuMs: number | null;
  /** By how much polls come after the interval since the poll before. */
  readonly lateMedianMs: number;
  readonly lateP95Ms: number;
}

export const pacings = definePart({
  about: 'what an unchanged poll costs, for both pacings and the official sample',

  parametersFor: ({ quick, waits, seconds, settings }): PacingsParameters => ({
    waits: waits?.[0] ?? 10,
    intervalMs: quick ? 1_000 : 2_000,
    seconds: seconds ?? (quick ? 4 : 60),
    idleSeconds: quick ? 2 : 20,
    rounds: quick ? 2 : 5,
    settings,
  }),

  async measure(parameters, say): Promise<PollCost[]> {
    const metricsPort = await getPort({ host: '127.0.0.1' });
    const stage = await startStage({
      server: { extraArgs: ['--metrics-port', String(metricsPort)] },
      simulator: { requestsPerSecond: false },
      settings: { REDIS_TASK_API_RPS: '20', ...parameters.settings },
    });
    try {
      return await new Comparison(stage, parameters, `http://127.0.0.1:${metricsPort}/metrics`, say).run();
    } finally {
      await stage.close();
    }
  },
});

/** One round of one way. */
type Round = Omit<PollCost, 'way'>;

class Comparison {
  private taskId = 1;
  private readonly idle = new Map<Way, IdleCpu>();

  constructor(
    private readonly stage: Stage,
    private readonly parameters: PacingsParameters,
    private readonly metricsUrl: string,
    private readonly say: Say,
  ) {}

  async run(): Promise<PollCost[]> {
    const { rounds } = this.parameters;
    const measured = new Map<Way, Round[]>(WAYS.map((way) => [way, []]));
    for (let round = 1; round <= rounds; round += 1) {
      for (const way of WAYS) {
        this.say(`round ${round} of ${rounds}: ${way}`);
        measured.get(way)?.push(await this.measure(way));
      }
    }
    return [...measured].map(([way, each]) => ({ way, ...medians(each) }));
  }

  /** A worker of its own for each measurement: nothing is left of the one before. */
  private async measure(way: Way): Promise<Round> {
    const worker = way === SAMPLE ? await this.startSampleWorker() : await this.stage.readyWorker();
    const watched = { workerPid: worker.pid, serverPid: this.stage.serverPid, metricsUrl: this.metricsUrl };
    try {
      await sleep(1_000);
      const idle = this.idle.get(way) ?? (await this.cpuWhenIdle(watched));
      this.idle.set(way, idle);
      const taskIds = taskIdsFrom(this.taskId, this.parameters.waits);
      this.taskId += this.parameters.waits;
      await this.startEvenly(way, taskIds);
      // Past the first polls, which are the same for both pacings.
      await sleep(2 * this.parameters.intervalMs);
      const round = await this.measureWindow(way, taskIds, watched, idle);
      await Promise.all(
        taskIds.map((id) => this.stage.client.workflow.getHandle(waitId(queueOf(way), id)).terminate()),
      );
      return round;
    } finally {
      await worker.kill();
    }
  }

  private async measureWindow(way: Way, taskIds: readonly number[], watched: Watched, idle: IdleCpu): Promise<Round> {
    const { seconds } = this.parameters;
    const stored = taskIds.map((taskId) => this.costInStore(way, taskId));
    const before = await readUsage(watched);
    await sleep(seconds * 1_000);
    const after = await readUsage(watched);
    const polls = this.stage.simulator.calls.filter(
      ({ at, taskId }) => at >= before.atMs && at < after.atMs && taskIds.includes(Number(taskId)),
    ).length;
    const costs = await Promise.all(stored);
    const late = taskIds.flatMap((taskId) => this.lateness(taskId, before.atMs, after.atMs));
    const actions = actionsBetween(before, after);
    const perPoll = (whose: 'workerCpuMs' | 'serverCpuMs') => {
      const cpu = cpuBetween(before, after, whose);
      const idleShare = idle[whose];
      return cpu === null || idleShare === null ? null : (cpu - idleShare * (after.atMs - before.atMs)) / polls;
    };
    return {
      polls,
      events: mean(costs.map(({ events }) => events)),
      bytes: mean(costs.map(({ bytes }) => bytes)),
      transitions: mean(costs.map(({ transitions }) => transitions)),
      actions: Object.values(actions).reduce((sum, each) => sum + each, 0) / polls,
      actionsByKind: Object.fromEntries(Object.entries(actions).map(([kind, count]) => [kind, rounded(count / polls)])),
      workerCpuMs: perPoll('workerCpuMs'),
      serverCpuMs: perPoll('serverCpuMs'),
      lateMedianMs: median(late),
      lateP95Ms: quantile(late, 0.95),
    };
  }

  /** What polls have added to a wait's store, each: from the middle of one pause to the middle of another. */
  private async costInStore(way: Way, taskId: number): Promise<Stored> {
    const { seconds, intervalMs } = this.parameters;
    const readBetweenPolls = async () => {
      const polls = this.pollsOf(taskId).length;
      while (this.pollsOf(taskId).length === polls) await sleep(20);
      await sleep(intervalMs / 2);
      const stored = await readStored(this.stage.client, waitId(queueOf(way), taskId));
      return { stored, polls: this.pollsOf(taskId).length };
    };
    const first = await readBetweenPolls();
    await sleep(Math.max(0, seconds * 1_000 - 2 * intervalMs));
    const last = await readBetweenPolls();
    const perPoll = (field: keyof Stored) => (last.stored[field] - first.stored[field]) / (last.polls - first.polls);
    return { events: perPoll('events'), bytes: perPoll('bytes'), transitions: perPoll('transitions') };
  }

  private pollsOf(taskId: number) {
    return this.stage.simulator.calls.filter((call) => call.taskId === String(taskId));
  }

  private lateness(taskId: number, fromMs: number, toMs: number): number[] {
    const times = this.pollsOf(taskId)
      .map(({ at }) => at)
      .filter((at) => at >= fromMs && at < toMs);
    return times.slice(1).map((at, index) => at - (times[index] ?? at) - this.parameters.intervalMs);
  }

  /** CPU that processes take with no wait, as a share of the time. */
  private async cpuWhenIdle(watched: Watched): Promise<IdleCpu> {
    const before = await readUsage(watched);
    await sleep(this.parameters.idleSeconds * 1_000);
    const after = await readUsage(watched);
    return { workerCpuMs: share(before, after, 'workerCpuMs'), serverCpuMs: share(before, after, 'serverCpuMs') };
  }

  /** Spread over one interval, so that no poll is in the way of another. */
  private async startEvenly(way: Way, taskIds: readonly number[]): Promise<void> {
    for (const taskId of taskIds) {
      await this.start(way, taskId);
      await sleep(this.parameters.intervalMs / taskIds.length);
    }
  }

  private async start(way: Way, taskId: number): Promise<void> {
    const { client, simulator } = this.stage;
    const { intervalMs } = this.parameters;
    const taskQueue = queueOf(way);
    if (way !== SAMPLE) {
      const polling = { initialInterval: intervalMs, maximumInterval: intervalMs, jitter: 0 };
      return startWaits(client, simulator, { taskIds: [taskId], taskQueue, pacing: way, polling });
    }
    simulator.addTask(taskId, { timeline: [{ status: 'running' }] });
    const workflowId = waitId(taskQueue, taskId);
    await client.workflow.start('samplePolling', { taskQueue, workflowId, args: [taskId, intervalMs] });
  }

  private async startSampleWorker(): Promise<Process> {
    const program = fileURLToPath(new URL('pacings/sample-worker.ts', import.meta.url));
    const { address, simulator, logFolder } = this.stage;
    const args = ['--import', 'tsx', program, address, queueOf(SAMPLE), simulator.url];
    const worker = new Process([process.execPath, ...args], { logFile: path.join(logFolder, 'sample.log') });
    await worker.prints('ready');
    return worker;
  }
}

type IdleCpu = Pick<Usage, 'workerCpuMs' | 'serverCpuMs'>;

function share(before: Usage, after: Usage, whose: keyof IdleCpu): number | null {
  const cpu = cpuBetween(before, after, whose);
  return cpu === null ? null : cpu / (after.atMs - before.atMs);
}

function queueOf(way: Way): string {
  return way === SAMPLE ? 'sample' : 'redis-task';
}

function medians(rounds: readonly Round[]): Round {
  const of = (field: Exclude<keyof Round, 'actionsByKind' | 'workerCpuMs' | 'serverCpuMs'>, digits = 2) =>
    rounded(median(rounds.map((each) => each[field])), digits);
  const kinds = [...new Set(rounds.flatMap(({ actionsByKind }) => Object.keys(actionsByKind)))];
  return {
    polls: of('polls', 0),
    events: of('events'),
    bytes: of('bytes', 0),
    transitions: of('transitions'),
    actions: of('actions'),
    actionsByKind: Object.fromEntries(
      kinds.map((kind) => [kind, rounded(median(rounds.map(({ actionsByKind }) => actionsByKind[kind] ?? 0)))]),
    ),
    workerCpuMs: medianOfKnown(rounds.map(({ workerCpuMs }) => workerCpuMs)),
    serverCpuMs: medianOfKnown(rounds.map(({ serverCpuMs }) => serverCpuMs)),
    lateMedianMs: of('lateMedianMs', 0),
    lateP95Ms: of('lateP95Ms', 0),
  };
}
