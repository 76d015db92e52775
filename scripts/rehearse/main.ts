/**
 * `npm run rehearse`: the services of docker-compose.yml as processes of this machine, with the versions, environment,
 * commands and order of that file. Random waits run on them while the server is upgraded and killed, PostgreSQL is
 * killed and the worker is killed; each wait is judged by what its task really did. In the end the databases are restored
 * from a backup. See docs/maintainers/rehearsal.md.
 *
 *   npm run rehearse -- [--seed 1] [--waits 500] [--seconds 150] [--faults 0.2] [--from 1.31.2]
 *                       [--old-schema 1.30.4]
 *
 * `--from` names older versions of Temporal, separated by commas: the rehearsal begins with the first, and goes on to
 * the next ones and to that of the compose file while waits are open. `--old-schema` first creates the databases as that
 * version had them, which takes no build.
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
import { rehearseRestore } from './restore.js';
import { temporalFiles, type TemporalRelease, temporalRelease } from './temporal-release.js';
import { Topology } from './topology.js';
import { untilWritten } from './until-written.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    waits: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '150' },
    faults: { type: 'string', default: '0.2' },
    from: { type: 'string', default: '' },
    'old-schema': { type: 'string' },
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
const onOldSchema = values['old-schema'] === undefined ? '' : ` on the schema of ${values['old-schema']}`;
const about =
  `PostgreSQL ${imageOf(postgresql).version}, Temporal ${versions.join(', then ')}${onOldSchema}, ` +
  `${seconds} s, ${100 * faults} % faults, seed ${seed}`;
say(`${waits} waits: ${about}`);
const beganAt = Date.now();
const older = values['old-schema'] === undefined ? undefined : await temporalFiles(values['old-schema']);
const topology = await Topology.up(model, first, folder, older);
await untilWritten(topology.temporal);
say(`The services are up, and the server writes, after ${formatDuration(Date.now() - beganAt)}`);
const stage = await ExplorerStage.start({
  server: () => topology.serve(),
  logFolder: folder,
  // The real API refuses the 21st call of a second.
  simulator: { requestsPerSecond: 20, keepCalls: 1_000_000 },
  // Without keys of its own, the worker takes those of the mounted file.
  settings: { TENCENTCLOUD_SECRET_ID: '', TENCENTCLOUD_SECRET_KEY: '', ...topology.environment('worker') },
});
let wrong = 0;
let awayMs = 0;
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
    // Whatever takes time takes longer by what was away meanwhile.
    busyMs: () => 4_000 + awayMs,
    again: () => `the same flags, --seed ${seed}: a wait alone may not meet the same troubles`,
    happenings: [
      ...later.map((release, index) => ({
        atMs: share(0.15 + (0.2 * index) / later.length),
        happen: () => upgrade(release),
      })),
      { atMs: share(0.4), happen: () => away('the server was killed', () => stage.restartServer()) },
      { atMs: share(0.55), happen: () => away('PostgreSQL was killed', () => topology.restartDatabase()) },
    ],
  });
  for (const sentence of await rehearseRestore(stage, topology, say)) {
    wrong += 1;
    say(`✗ ${sentence}`);
  }
  process.exitCode = wrong + stage.unexpectedExits === 0 ? 0 : 1;
} finally {
  await stage.close();
  await topology.stop();
  if (wrong + stage.unexpectedExits === 0) await rm(folder, { recursive: true, force: true });
  else say(`The logs of all services are in ${folder}`);
}
// A wait that is stuck is still asked for its result.
process.exit();

/** What `docker compose up` does once the file names a newer version: first the schema, then the server. */
async function upgrade(release: TemporalRelease): Promise<void> {
  await topology.upgradeSchema(release);
  await away(`the server was replaced by ${release.version}`, async () => {
    await topology.stopServer();
    await stage.startServer();
  });
}

/** Takes something away and brings it back, until the server writes again; says how long that took. */
async function away(why: string, awayAndBack: () => Promise<void>): Promise<void> {
  const ms = await stage.without(why, async () => {
    await awayAndBack();
    await untilWritten(topology.temporal);
  });
  awayMs += ms;
  say(`${why}: it writes again after ${formatDuration(ms)}`);
}
