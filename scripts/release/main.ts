/**
 * `npm run release:check`: a dry run of a release. It publishes nothing.
 *
 *   npm run release:check -- [--write] [--sbom FILE]
 *
 * `--write` brings the reports of the public surface in `api/` up to date instead of refusing a change. `--sbom` keeps the
 * software bill of materials.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ROOT } from '../consumers/packed.js';
import { npm } from '../consumers/run.js';
import { apiReport } from './api-report.js';
import { billOfMaterials } from './bill-of-materials.js';
import { contents } from './contents.js';
import { provenance } from './provenance.js';
import type { ReleaseCheck } from './release-check.js';
import { version } from './version.js';

const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, sbom: { type: 'string' } },
});

/** publint, and whether every resolution finds types: a check of its own, too. */
const entryPoints: ReleaseCheck = {
  about: 'publint and Are The Types Wrong',
  async run() {
    try {
      await npm(ROOT, 'run', 'check', 'package');
      return { wrong: [], found: 'nothing to say' };
    } catch (error) {
      return { wrong: [(error as Error).message], found: 'npm run check package fails' };
    }
  },
};

const checks = [version, contents, entryPoints, apiReport(values.write), billOfMaterials(values.sbom), provenance];
for (const check of checks) {
  const { wrong, found } = await check.run();
  console.log(`${wrong.length === 0 ? '✓' : '✗'} ${check.about}: ${found}`);
  for (const sentence of wrong) console.log(`    ${sentence}`);
  if (wrong.length > 0) process.exitCode = 1;
}
