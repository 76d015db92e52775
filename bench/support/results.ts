import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Machine } from './machine.js';

/** What one part has measured, and how. */
export interface Result<Parameters = unknown, Figures = unknown> {
  readonly part: string;
  readonly date: string;
  readonly command: string;
  /** The machine's mean load over the last minute: above the number of cores, processes waited for each other. */
  readonly load: number;
  readonly machine: Machine;
  readonly parameters: Parameters;
  readonly figures: Figures;
}

const FOLDER = new URL('../results/', import.meta.url);

/** Keeps a result in bench/results; a quick run never replaces the result of a full one. */
export async function writeResult(result: Result, isQuick: boolean): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const file = fileOf(result.part, isQuick);
  // Only here: who reads results needs no formatter.
  const { formatJson } = await import('../../scripts/lint/format.js');
  await writeFile(file, await formatJson(result));
}

/** The result of the last full run of a part; of the last quick one if there is none; undefined if there is neither. */
export async function readResult<Parameters, Figures>(part: string): Promise<Result<Parameters, Figures> | undefined> {
  const file = [fileOf(part, false), fileOf(part, true)].find((each) => existsSync(each));
  return file && (JSON.parse(await readFile(file, 'utf8')) as Result<Parameters, Figures>);
}

function fileOf(part: string, isQuick: boolean): URL {
  return new URL(`${part}${isQuick ? '.quick' : ''}.json`, FOLDER);
}
