/**
 * `npm run test:parents [-- LANGUAGE …]`: builds the parents under examples/parents with the tools of their languages
 * and plays every end of a wait with each, against the built worker, the simulator and a real Temporal server.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { formatDuration } from 'temporal-tencent-redis';
import { RedisApiSimulator } from 'temporal-tencent-redis/testing';
import { startDevServer } from '../../src/engine/index.js';
import { startWorkerProcess } from '../worker-process.js';
import { casesOf, prepare } from './cases.js';
import { start } from './command.js';
import { BUILD_FOLDER, type Language, LANGUAGES } from './languages.js';
import { play, type Stage } from './play.js';

interface FullStage extends Stage {
  readonly address: string;
  /** The worker of the package. */
  readonly waits: ChildProcess;
}

const say = (text: string) => process.stdout.write(`${text}\n`);

/** What was started and has to be stopped, whatever happens: the last one first. */
const closing: (() => Promise<unknown>)[] = [];
async function close(): Promise<void> {
  for (const each of closing.splice(0).reverse()) await each();
}
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => void close().finally(() => process.exit(code)));
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !LANGUAGES.some((language) => language.name === name));
if (unknown.length > 0) throw new Error(`No parent in ${unknown.join(', ')}: there are ${listOf(LANGUAGES)}.`);

try {
  await mkdir(BUILD_FOLDER, { recursive: true });
  const stage = await setStage();
  let good = true;
  for (const [index, language] of LANGUAGES.entries()) {
    if (names.length === 0 || names.includes(language.name)) good = (await playAll(stage, language, index)) && good;
  }
  process.exitCode = good ? 0 : 1;
} finally {
  await close();
}
// A parent whose worker has ended is still asked for its result: nobody waits for that any more.
process.exit();

async function setStage(): Promise<FullStage> {
  const server = await startDevServer();
  closing.push(() => server.stop());
  const simulator = await RedisApiSimulator.start();
  closing.push(() => simulator.close());
  const logFile = await freshLog('waits');
  const waits = startWorkerProcess({ server, simulator, settings: { REDIS_TASK_HTTP: 'off' }, logFile });
  closing.push(() => waits.stop());
  const connection = await Connection.connect({ address: server.address });
  return { client: new Client({ connection }), simulator, address: server.address, waits: waits.process };
}

/** Plays every case with one language, all at the same time. */
async function playAll(stage: FullStage, language: Language, index: number): Promise<boolean> {
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
  const pipelines = start(worker, logFile, { TEMPORAL_ADDRESS: stage.address });
  closing.push(() => pipelines.stop());
  let over = false;
  const broken = new Promise<never>((_, reject) => {
    const tell = (error: unknown) => {
      // The end of its log once, and not for every case.
      if (!over) say(`✗ ${name} · ${messageOf(error)}`);
      reject(new Error('a worker has ended'));
    };
    pipelines.ended.then(() => tell('the worker has ended by itself'), tell);
    stage.waits.once('exit', () => tell(`the worker of the package has ended: see ${BUILD_FOLDER}/waits.log`));
  });
  broken.catch(() => undefined);
  const played = await Promise.all(
    cases.map(async (each) => {
      const ended = await Promise.race([play(stage, language, each), broken]).then(
        (said) => ({ good: true, said }),
        (error: unknown) => ({ good: false, said: messageOf(error) }),
      );
      say(`${ended.good ? '✓' : '✗'} ${name} · ${each.name} · ${ended.said}`);
      return ended.good;
    }),
  );
  over = true;
  await pipelines.stop();
  say(`  ${name} · all in ${formatDuration(Date.now() - startedAt)}\n`);
  return played.every(Boolean);
}

async function freshLog(name: string): Promise<string> {
  const logFile = path.join(BUILD_FOLDER, `${name}.log`);
  await rm(logFile, { force: true });
  return logFile;
}

function listOf(languages: readonly Language[]): string {
  return languages.map(({ name }) => name).join(', ');
}

function messageOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message}${error.cause ? ` (${messageOf(error.cause)})` : ''}`
    : String(error);
}
