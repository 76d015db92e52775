import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../consumers/packed.js';

/** The parts of package.json that a release depends on. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly repository: { readonly url: string };
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean };
}

export async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
}
