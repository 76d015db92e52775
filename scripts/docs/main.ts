/**
 * `npm run check docs`: builds the documentation site and opens each of its pages in a browser, wide and narrow, light and
 * dark. Links and their anchors must lead somewhere, nothing may stick out on a narrow screen, and the search must work
 * without a network: the browser gets the built files and nothing else.
 *
 *   --pictures FOLDER   where the pictures go; by default a temporary folder
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { openPage } from '../ui/browser.js';
import { brokenLinks } from './links.js';
import { look, type SeenPage } from './look.js';
import { search } from './search.js';
import { pathsOfPages, serveFiles } from './site.js';

const { values: flags } = parseArgs({ options: { pictures: { type: 'string' } } });
const pictures = flags.pictures ?? (await mkdtemp(path.join(tmpdir(), 'docs-')));

const { status } = spawnSync('npm', ['run', 'docs'], { stdio: ['ignore', 'ignore', 'inherit'] });
if (status !== 0) process.exit(status ?? 1);

const page = await openPage();
const problems: string[] = [];
const seen: SeenPage[] = [];
try {
  await serveFiles(page, problems);
  for (const each of await pathsOfPages()) seen.push(await look(page, each, pictures, problems));
  problems.push(...(await brokenLinks(seen)));
  await search(page, 'extendWait', problems);
} finally {
  await page.context().browser()?.close();
}
for (const problem of problems) console.log(`✗ ${problem}`);
const links = seen.reduce((sum, each) => sum + each.links.length, 0);
console.log(`${seen.length} pages with ${links} links, ${problems.length} problems. Pictures: ${pictures}`);
process.exitCode = problems.length === 0 ? 0 : 1;
