/**
 * `npm run rehearse`: the services of docker-compose.yml as processes of this machine, with the versions, environment,
 * commands and order of that file. Random waits run on them while the server is upgraded and killed, PostgreSQL is
 * killed and the worker is killed; each wait is judged by what its task really did. See docs/rehearsal.md.
 *
 *   npm run rehearse -- [--seed 1] [--waits 500] [--seconds 150] [--faults 0.2] [--from 1.31.5]
 *
 * `--from` names older versions of Temporal, separated by commas: the rehearsal begins with the first, and goes on to
 * the next ones and to that of the compose file while waits are open.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { formatDuration } from '../../src/contract/duration.js';
import { planRun } from '../../test/explore/real/plan.js';
import { playAndJudge } from '../../test/explore/real/run.js';
import { ExplorerStage } from '../../test/explore/real/stage.js';
import { waitScripts } from '../../test/explore/wait-script.js';
import { exitOnSignals } from '../../test/support/processes.js';
import { imageOf } from './compose-file.js';
import { loadCompose, ROOT } from './load-compose.js';
import { type TemporalRelease, temporalRelease } from './temporal-release.js';
import { Topology } from './topology.js';
import { untilWritten } from './until-written.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    waits: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '150' },
    faults: { type: 'string', default: '0.2' },
    from: { type: 'string', default: '' },
  },
});
const [seed = 0, waits = 0, seconds = 0, faults = 0] = (['seed', 'waits', 'seconds', 'faults'] as const).map((flag) => {
  const value = Number(values[flag]);
  if (!(value >= 0)) throw new TypeError(`--${flag} must be a number, not ${values[flag]}`);
  return value;
});
const say = (text: string) => process.stdout.write(`${text}\n`);
exitOnSignals();

const model = await loadCompose(path.join(ROOT, 'docker-compose.yml'));
const { temporal = {}, postgresql = {} } = model.services;
const versions = [...values.from.split(',').filter(Boolean), imageOf(temporal).version];
const releases: TemporalRelease[] = [];
for (const version of versions) releases.push(await temporalRelease(version));
const [first, ...later] = releases;
if (!first) throw new Error('The compose file names no version of Temporal');

const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-rehearsal-'));
const about =
  `PostgreSQL ${imageOf(postgresql).version}, Temporal ${versions.join(', then ')}, ` +
  `${seconds} s, ${100 * faults} % faults, seed ${seed}`;
say(`${waits} waits: ${about}`);
const beganAt = Date.now();
const topology = await Topology.up(model, first, folder);
await written('The services are up', beganAt);
const stage = await ExplorerStage.start({
  server: () => topology.serve(),
  logFolder: folder,
  // The real API refuses the 21st call of a second.
  simulator: { requestsPerSecond: 20, keepCalls: 1_000_000 },
  // Without keys of its own, the worker takes those of the mounted file.
  settings: { TENCENTCLOUD_SECRET_ID: '', TENCENTCLOUD_SECRET_KEY: '', ...topology.environment('worker') },
});
let wrong = 0;
try {
  await stage.addWorker().prints('Waiting for Redis tasks');
  const longestMs = 500 * seconds;
  const plan = planRun({
    ...{ seed, waits, seconds, faults, scripts: waitScripts(longestMs) },
    ...{ killEverySeconds: seconds, killServer: false },
  });
  const share = (part: number) => Math.round(1_000 * seconds * part);
  wrong = await playAndJudge(stage, plan, {
    ...{ longestMs, about },
    again: () => `the same flags, --seed ${seed}: a wait alone may not meet the same troubles`,
    happenings: [
      ...later.map((release, index) => ({
        atMs: share(0.15 + (0.2 * index) / later.length),
        happen: () => upgrade(release),
      })),
      { atMs: share(0.4), happen: () => timed('kill -9 of the server', () => stage.restartServer()) },
      { atMs: share(0.55), happen: () => timed('kill -9 of PostgreSQL', restartDatabase) },
    ],
  });
  process.exitCode = wrong + stage.unexpectedExits === 0 ? 0 : 1;
} finally {
  await stage.close();
  await topology.stop();
  if (wrong + stage.unexpectedExits === 0) await rm(folder, { recursive: true, force: true });
  else say(`The logs of all services are in ${folder}`);
}
// A wait that is stuck is still asked for its result.
process.exit();

async function restartDatabase(): Promise<void> {
  await stage.without('PostgreSQL was killed', () => topology.restartDatabase());
}

/** What `docker compose up` does once the file names a newer version: first the schema, then the server. */
async function upgrade(release: TemporalRelease): Promise<void> {
  await timed(`The schema of ${release.version}`, () => topology.upgradeSchema(release));
  await timed(`The server is ${release.version}`, () =>
    stage.without('the server was replaced', async () => {
      await topology.stopServer();
      await stage.startServer();
    }),
  );
}

/** Does something, and says how long it takes until the server writes again. */
async function timed(what: string, act: () => Promise<unknown>): Promise<void> {
  const from = Date.now();
  await act();
  await written(what, from);
}

async function written(what: string, from: number): Promise<void> {
  await untilWritten(topology.temporal);
  say(`${what}: the server writes after ${formatDuration(Date.now() - from)}`);
}
