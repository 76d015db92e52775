import { readFile } from 'node:fs/promises';
import { withTables } from '../../bench/schedules/tables.js';
import { type Compatibility, compatibilityTable } from '../../scripts/versions/page.js';
import { SERVERS } from '../../scripts/versions/supported.js';

const file = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

test('docs/upgrading.md shows what was tried last, of every version that is supported', async () => {
  const compatibility = JSON.parse(await file('docs/compatibility.json')) as Compatibility;
  const page = await file('docs/upgrading.md');

  expect(withTables(page, { compatibility: compatibilityTable(compatibility) })).toBe(page);
  expect([...new Set(compatibility.runs.map(({ server }) => server))]).toEqual(Object.keys(SERVERS));
  expect(compatibility.runs.every(({ passed }) => passed)).toBe(true);
});

test('the oldest SDK that package.json allows is one that was tried', async () => {
  const { peerDependencies } = JSON.parse(await file('package.json')) as { peerDependencies: Record<string, string> };
  const { runs } = JSON.parse(await file('docs/compatibility.json')) as Compatibility;

  expect([...new Set(Object.values(peerDependencies))]).toEqual([`^${runs[0]?.sdk}`]);
});
