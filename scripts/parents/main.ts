/**
 * `npm run check parents [LANGUAGE …]`: builds the parents under examples/parents with the tools of their languages
 * and plays every end of a wait, several waits at once, and the changes of an instance, with each, against the built worker, the simulator and a
 * real Temporal server.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { formatDuration } from 'temporal-tencent-redis';
import { LONG_HISTORIES_SERVER } from '../../test/support/environments.js';
import { exitOnSignals, type WorkerProcess } from '../../test/support/processes.js';
import { Stage } from '../../test/support/stage.js';
import { casesOf, prepare } from './cases.js';
import { ALLOWED, CHANGE_CASES, playChange, prepareChanges } from './changes.js';
import { endWell, start } from './command.js';
import { BUILD_FOLDER, type Language, LANGUAGES } from './languages.js';
import { play } from './play.js';
import { playSeveral, SEVERAL_CASES } from './several.js';

const say = (text: string) => process.stdout.write(`${text}\n`);
exitOnSignals();

const names = process.argv.slice(2);
const unknown = names.filter((name) => !LANGUAGES.some((language) => language.name === name));
if (unknown.length > 0) {
  const known = LANGUAGES.map(({ name }) => name).join(', ');
  throw new Error(`No parent in ${unknown.join(', ')}: there are ${known}.`);
}

const stage = await Stage.start({ logFolder: BUILD_FOLDER, server: LONG_HISTORIES_SERVER });
try {
  await freshLog('worker');
  const waits = stage.startWorker({ REDIS_TASK_ACTIONS: ALLOWED });
  let good = true;
  for (const [index, language] of LANGUAGES.entries()) {
    if (names.length === 0 || names.includes(language.name)) good = (await playAll(waits, language, index)) && good;
  }
  process.exitCode = good ? 0 : 1;
} finally {
  await stage.close();
}
// A parent whose worker has ended is still asked for its result: nobody waits for that any more.
process.exit();

/** Plays every case with one language, all at the same time. */
async function playAll(waits: WorkerProcess, language: Language, index: number): Promise<boolean> {
  const { name, worker } = language;
  const logFile = await freshLog(name);
  const startedAt = Date.now();
  try {
    await language.build(logFile);
  } catch (error) {
    say(`✗ ${name} · cannot be built: ${messageOf(error)}`);
    return false;
  }
  say(`  ${name} · built in ${formatDuration(Date.now() - startedAt)}`);

  const cases = casesOf(index);
  prepare(stage.simulator, cases);
  prepareChanges(stage.simulator, language);
  const pipelines = start(worker, logFile, { TEMPORAL_ADDRESS: stage.address });
  let over = false;
  const broken = new Promise<never>((_, reject) => {
    const end = (error: unknown) => {
      // The end of its log once, and not for every case.
      if (!over) say(`✗ ${name} · ${messageOf(error)}`);
      reject(new Error('a worker has ended'));
    };
    endWell(pipelines).then(() => end('the worker has ended by itself'), end);
    void waits.end.then(() => end(`the worker of the package has ended: see ${stage.logFile}`));
  });
  broken.catch(() => undefined);
  const tell = async (what: string, playing: Promise<string>) => {
    const ended = await Promise.race([playing, broken]).then(
      (said) => ({ good: true, said }),
      (error: unknown) => ({ good: false, said: messageOf(error) }),
    );
    say(`${ended.good ? '✓' : '✗'} ${name} · ${what} · ${ended.said}`);
    return ended.good;
  };
  const played = await Promise.all([
    ...cases.map((each) => tell(each.name, play(stage, language, each))),
    ...SEVERAL_CASES.map((each) => tell(each.name, playSeveral(stage, language, index, each))),
    ...CHANGE_CASES.map((each) => tell(each.name, playChange(stage, language, each))),
  ]);
  over = true;
  await pipelines.kill();
  say(`  ${name} · all in ${formatDuration(Date.now() - startedAt)}\n`);
  return played.every(Boolean);
}

async function freshLog(name: string): Promise<string> {
  const logFile = path.join(BUILD_FOLDER, `${name}.log`);
  await rm(logFile, { force: true });
  return logFile;
}

function messageOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message}${error.cause ? ` (${messageOf(error.cause)})` : ''}`
    : String(error);
}
