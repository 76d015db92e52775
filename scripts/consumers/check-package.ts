// Packs the package, prints its size, and lets publint and Are The Types Wrong judge it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pack, type Packed, ROOT } from './packed.js';
import { run } from './run.js';

const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-pack-'));
try {
  const packed = await pack(folder);
  console.log(sizes(packed));
  console.log(await tool('publint/src/cli.js', 'run', packed.tarball, '--strict'));
  // ESM only: what `require` and the resolution of before 2020 would find is not judged.
  console.log(
    await tool('@arethetypeswrong/cli/dist/index.js', packed.tarball, '--profile', 'esm-only', '--format', 'ascii'),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Runs a program that is installed beside the other tools of a release. */
function tool(program: string, ...args: string[]): Promise<string> {
  return run(ROOT, process.execPath, [path.join(ROOT, 'scripts/release/node_modules', program), ...args]);
}

function sizes({ bytes, files }: Packed): string {
  const kilobytes = (number: number) => `${(number / 1_000).toFixed(1)} kB`;
  const bundle = files.find(({ path: name }) => name === 'lib/workflow-bundle.js');
  const unpacked = files.reduce((sum, { size }) => sum + size, 0);
  return `${files.length} files, packed ${kilobytes(bytes)}, unpacked ${kilobytes(unpacked)}, of which the bundle of the workflow ${kilobytes(bundle?.size ?? 0)}`;
}
