/** `npm run check audit`: known vulnerabilities of what an installation of the packed package brings along. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { manifest, pack } from '../consumers/packed.js';
import { npm } from '../consumers/run.js';
import { audit } from './audit.js';

const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-audit-'));
try {
  const [packed, { peerDependencies }] = await Promise.all([pack(folder), manifest()]);
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true }));
  // The versions that somebody gets today: the newest that the package allows. Nothing is downloaded but their names.
  const peers = Object.entries(peerDependencies).map(([name, range]) => `${name}@${range}`);
  await npm(folder, 'install', '--package-lock-only', '--no-audit', '--no-fund', packed.tarball, ...peers);
  const { passed, line } = await audit(folder);
  console.log(line);
  process.exitCode = passed ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
