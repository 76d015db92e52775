import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import getReleasePlan from '@changesets/get-release-plan';
import { ROOT } from '../consumers/packed.js';
import { readManifest } from './manifest.js';
import type { ReleaseCheck } from './release-check.js';

/** The version that would be published has its entry in the changelog, and its histories, which every later one replays. */
export const version: ReleaseCheck = {
  about: 'version, changelog, histories',
  async run() {
    const { name, version: current } = await readManifest();
    const { releases } = await getReleasePlan(ROOT);
    const next = releases.find((release) => release.name === name)?.newVersion;
    const wrong: string[] = [];
    const changelog = await readFile(path.join(ROOT, 'CHANGELOG.md'), 'utf8');
    if (!changelog.includes(`\n## ${current}`)) wrong.push(`CHANGELOG.md has no entry for ${current}: add one.`);
    const histories = await readdir(path.join(ROOT, 'test/histories', current)).catch(() => []);
    if (histories.length === 0) {
      wrong.push(`test/histories/${current} is empty: run node --import tsx scripts/record-histories.ts.`);
    }
    const pending = next === undefined ? 'no changeset is pending' : `the pending changesets make it ${next}`;
    return { wrong, found: `${current}, ${histories.length} histories; ${pending}` };
  },
};
