/** `npm run check audit`: known vulnerabilities of what an installation of the packed package brings along. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pack } from '../consumers/packed.js';
import { npm } from '../consumers/run.js';
import { audit } from './audit.js';

const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-audit-'));
try {
  const packed = await pack(folder);
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true }));
  // What a user gets today: the newest versions that the package allows, its peers included. Only the list is made.
  await npm(folder, 'install', '--package-lock-only', '--no-audit', '--no-fund', packed.tarball);
  const { passed, line } = await audit(folder);
  console.log(line);
  process.exitCode = passed ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
