import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './run.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The package as the registry would get it. */
export interface Packed {
  readonly tarball: string;
  readonly bytes: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** What is read of the package's own `package.json`. */
export interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Packs what has been built into a folder. */
export async function pack(folder: string): Promise<Packed> {
  const json = await npm(ROOT, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
  const [packed] = JSON.parse(json) as { filename: string; size: number; files: Packed['files'] }[];
  if (!packed) throw new Error('npm pack packed nothing');
  return { tarball: path.join(folder, packed.filename), bytes: packed.size, files: packed.files };
}

export async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
}

/** Every entry point that is a module, as an importer names it. */
export function doors({ exports }: Manifest): string[] {
  return Object.keys(exports)
    .filter((door) => !door.endsWith('.json'))
    .map((door) => `temporal-tencent-redis${door.slice(1)}`);
}
