import { setTimeout as sleep } from 'node:timers/promises';
import { judge } from '../oracle.js';
import { storyOf } from '../story.js';
import { figuresOf } from './figures.js';
import { findings } from './findings.js';
import { observe, recordOf, sweepsOf, troublesOfList } from './observe.js';
import { LIST_ACTION, type Plan, type Trouble } from './plan.js';
import { playWait } from './play.js';
import type { ExplorerStage } from './stage.js';
import { lookAtWatches } from './watches.js';

/** What happens to the whole stage at a time of its own, besides the plan's troubles. */
export interface Happening {
  readonly atMs: number;
  readonly happen: () => Promise<void>;
}

export interface RunOptions {
  /** The longest that a wait of the plan takes, if nobody extends it. */
  readonly longestMs: number;
  /** One line about the run, for its table of figures. */
  readonly about: string;
  /** How to play one wait again alone. */
  readonly again: (index: number) => string;
  /** What the machine may add to anything that takes time, known after the run. @default 4 s */
  readonly busyMs?: () => number;
  readonly happenings?: readonly Happening[];
  /** Where the findings and the figures go. @default stdout */
  readonly say?: (text: string) => unknown;
}

export const print = (text: string) => process.stdout.write(`${text}\n`);

/** Plays a plan, judges each wait and prints what was wrong, and the figures. Returns how many waits were wrong. */
export async function playAndJudge(stage: ExplorerStage, plan: Plan, options: RunOptions): Promise<number> {
  const { longestMs, about, again, busyMs = () => 4_000, happenings = [], say = print } = options;
  for (const [taskId, task] of plan.others) stage.simulator.addTask(taskId, task);
  const beganAt = Date.now();
  // Nobody moves a deadline further than this.
  const limitMs = 2.2 * longestMs + 120_000;
  const [played] = await Promise.all([
    Promise.all(plan.waits.map((wait) => playWait(stage.client, stage.simulator, wait, beganAt, limitMs))),
    Promise.all(plan.troubles.map(({ atMs, does }) => at(beganAt + atMs, () => bring(stage, does)))),
    Promise.all(happenings.map(({ atMs, happen }) => at(beganAt + atMs, happen))),
  ]);
  const observed = await observe(stage, played);
  const longestQueueMs = Math.max(0, ...observed.map(({ recorded }) => recorded.longestQueueMs));
  const orphans = await openWaits(stage);
  for (const workflowId of orphans) say(`✗ ${workflowId} is still open`);
  const watches = await lookAtWatches(stage.client);
  for (const sentence of watches.wrong) say(`✗ ${sentence}`);
  let wrong = orphans.length + watches.wrong.length;
  const listTroubles = troublesOfList(stage);
  const all = { absences: stage.absences, listTroubles, sweeps: sweepsOf(stage, listTroubles) };
  const records = observed.map((each) => {
    const record = recordOf(each, all, longestQueueMs);
    const verdict = [
      ...judge(record, { clockMs: 100, busyMs: busyMs() }),
      ...findings(each, stage.callEnds, stage.absences),
    ];
    if (verdict.length > 0) {
      wrong += 1;
      const { index, taskId } = each.played.planned;
      say(`\n── wait ${index}, task ${taskId} ── again alone: ${again(index)}`);
      for (const sentence of verdict) say(`✗ ${sentence}`);
      say(storyOf(record));
    }
    return record;
  });
  say(`\n${figuresOf(stage, about, observed, records, watches, wrong)}\n`);
  if (wrong > 0 || stage.unexpectedExits > 0) say(`The workers' log is ${stage.logFile}`);
  return wrong;
}

/** Those that no play has seen end. */
async function openWaits({ client }: ExplorerStage): Promise<string[]> {
  const open: string[] = [];
  const query = 'WorkflowType = "awaitRedisTask" AND ExecutionStatus = "Running"';
  for await (const { workflowId } of client.workflow.list({ query })) open.push(workflowId);
  return open;
}

async function at(time: number, happen: () => Promise<unknown>): Promise<void> {
  await sleep(Math.max(0, time - Date.now()));
  await happen();
}

async function bring(stage: ExplorerStage, does: Trouble['does']): Promise<void> {
  switch (does.kind) {
    case 'killWorker':
      if (does.inSubmit) await stage.untilSubmit(does.inSubmit);
      await stage.killWorker(does.signal);
      break;
    case 'killServer':
      if (does.inSubmit && (await stage.untilSubmit(does.inSubmit))) stage.kills.serverAtSubmit += 1;
      await stage.restartServer();
      break;
    case 'terminateWatch':
      await stage.terminateWatch();
      break;
    case 'fault': {
      const { fault, scope } = does;
      stage.simulator.fault(fault, scope);
      if (scope.action === LIST_ACTION) stage.listIsWrong(fault, scope.forMs ?? 0);
    }
  }
}
