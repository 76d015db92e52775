import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './run.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The package as it would be published. */
export interface Packed {
  readonly version: string;
  readonly tarball: string;
  readonly bytes: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Packs what has been built into a folder. */
export async function pack(folder: string): Promise<Packed> {
  const json = await npm(ROOT, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
  const [packed] = JSON.parse(json) as (Omit<Packed, 'bytes' | 'tarball'> & { filename: string; size: number })[];
  if (!packed) throw new Error('npm pack packed nothing');
  const { version, filename, size: bytes, files } = packed;
  return { version, tarball: path.join(folder, filename), bytes, files };
}

/** Every entry point that is a module, as an importer names it. */
export async function entryPoints(): Promise<string[]> {
  const manifest = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as { exports: object };
  const names = Object.keys(manifest.exports).filter((name) => !name.endsWith('.json'));
  return names.map((name) => `temporal-tencent-redis${name.slice(1)}`);
}
