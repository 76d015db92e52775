import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import { judgeChange } from '../../changes/oracle.js';
import { print } from '../run.js';
import type { ExplorerStage } from '../stage.js';
import { ChangesApi, secretOf } from './api.js';
import { figuresOf } from './figures.js';
import { findings } from './findings.js';
import { ALLOWED } from './kinds.js';
import { type ObservedChange, observeChange } from './observe.js';
import type { PlannedChange } from './plan.js';
import { playChange, type PlayedChange } from './play.js';
import { storyOfChange } from './story.js';

/** A minute of looking, a wait's last poll, and what a busy queue, killed workers and a killed server add to each call. */
const OVERTIME_MS = 300_000;

/** What a worker needs to make changes. */
export const settingsFor = (secretsFolder: string) => ({
  REDIS_TASK_ACTIONS: ALLOWED.join(','),
  REDIS_TASK_SECRETS: secretsFolder,
});

/** The changes of a run: played beside its waits, then judged. */
export class ExploredChanges {
  private readonly api: ChangesApi;
  private played: readonly PlayedChange[] = [];

  constructor(
    private readonly stage: ExplorerStage,
    private readonly planned: readonly PlannedChange[],
  ) {
    this.api = new ChangesApi(stage.simulator, planned);
  }

  static async writeSecrets(folder: string, planned: readonly PlannedChange[]): Promise<void> {
    for (const change of planned) await writeFile(path.join(folder, `secret-${change.index}`), secretOf(change));
  }

  async play(): Promise<void> {
    const beganAt = Date.now();
    this.played = await Promise.all(
      this.planned.map((each) => playChange(this.stage.client, each, beganAt, each.maxWaitMs + OVERTIME_MS + 30_000)),
    );
  }

  /** Judges them and prints what was wrong, and the figures. Returns how many were wrong. */
  async judge(again: (key: string) => string, say: (text: string) => unknown = print): Promise<number> {
    const { stage, played } = this;
    const { executed } = this.api;
    const changes = await pMap(played, (each) => observeChange(stage.client, each), { concurrency: 4 });
    const planned = new Map(this.planned.map((each) => [each.key, each]));
    const answered = new Map(stage.simulator.calls.flatMap((call) => (call.requestId ? [[call.requestId, call]] : [])));
    const log = await readFile(stage.logFile, 'utf8');
    const counts = { wrong: 0, twice: 0 };
    for (const change of changes) {
      const others = changes.filter((each) => each !== change);
      const verdict = [
        ...judgeChange(change, others, executed, OVERTIME_MS),
        ...findings(change, executed, planned, answered),
        ...(await this.leftovers(change, log)),
      ];
      if (verdict.some((sentence) => sentence.startsWith('executed'))) counts.twice += 1;
      if (verdict.length === 0) continue;
      counts.wrong += 1;
      say(`\n── ${change.name} ── again alone: ${again(change.name)}`);
      for (const sentence of verdict) say(`✗ ${sentence}`);
      say(storyOfChange(change, executed));
    }
    const made = stage.simulator.executed.length + this.api.deniedAfter;
    if (made !== executed.length) say(`✗ The API has executed ${made} changes, of which ${executed.length} are known`);
    const wrong = counts.wrong + Math.abs(made - executed.length);
    say(`\n${figuresOf(stage, changes, executed, { ...counts, wrong })}\n`);
    return wrong;
  }

  /** What a change has left behind that it should not. */
  private async leftovers({ childIds, played }: ObservedChange, log: string): Promise<string[]> {
    const open: string[] = [];
    for (const id of childIds) {
      const { status } = await this.stage.client.workflow.getHandle(id).describe();
      if (status.name === 'RUNNING') open.push(`${id} is still open`);
    }
    return [...open, ...(log.includes(secretOf(played.planned)) ? ['its secret stands in the log of a worker'] : [])];
  }
}
