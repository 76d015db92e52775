import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../docs/.vitepress/forge.js';
import { leadsToNoFile } from '../../scripts/docs/links.js';

const read = (file: string) => readFile(path.join(ROOT, file), 'utf8');

/** The targets of the links and pictures of a page. */
const targetsOf = (page: string) => [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);

/** The first table of a page, from a heading on. */
const tableBelow = (page: string, heading: string) => /(^\|.*\n)+/m.exec(page.slice(page.indexOf(heading)))?.[0];

describe('the README', () => {
  test('links by whole addresses, since an installed package has few docs, to files and headings that exist', async () => {
    const targets = targetsOf(await read('README.md'));
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((target) => !target.startsWith('https://'))).toEqual([]);
    for (const target of targets) expect([target, await leadsToNoFile(target)]).toEqual([target, false]);
  });

  test('names a file or heading that is not there as such', async () => {
    const [link = ''] = targetsOf(await read('README.md'));
    await expect(leadsToNoFile(link.replace('start.md', 'no-such-page.md'))).resolves.toBe(true);
    await expect(leadsToNoFile(`${link}#no-such-heading`)).resolves.toBe(true);
    await expect(leadsToNoFile(`${link}#write-the-pipeline`)).resolves.toBe(false);
  });

  test('compares with the figures of docs/maintainers/schedule.md', async () => {
    const table = tableBelow(await read('README.md'), '## How it compares') ?? '';
    const schedule = (await read('docs/maintainers/schedule.md'))
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()));
    const cells = (waiter: string, length: string) => {
      const head = schedule.find((row) => row.includes(length)) ?? [];
      return schedule.find((row) => row[1] === waiter)?.[head.indexOf(length)]?.split(' / ');
    };
    const of60s = ['this package, defaults', 'Terraform provider', 'tccli --waiter'].map((each) => cells(each, '60 s'));
    const of30min = ['this package, `expectedDuration` right', 'Terraform provider', 'tccli --waiter'].map((each) =>
      cells(each, '1800 s'),
    );
    expect(table).toContain(`| calls for a task of 60 s | ${of60s.map((each) => each?.[0]).join(' | ')} |`);
    expect(table).toContain(`| seen late by, on average | ${of60s.map((each) => `${each?.[1]} s`).join(' | ')} |`);
    expect(table).toContain(`${of30min.map((each) => each?.[0]).join(' | ')} |`);
  });
});

describe.each(['docs/start.md', 'docs/failures.md'])('%s, which is in the installed package,', (page) => {
  test('links to what is there too, or by whole addresses to files and headings that exist', async () => {
    const { files } = JSON.parse(await read('package.json')) as { files: string[] };
    expect(files).toContain('docs/{start,failures}.md');
    for (const target of targetsOf(await read(page))) {
      if (target.startsWith('https://')) expect([target, await leadsToNoFile(target)]).toEqual([target, false]);
      else expect(['start.md', 'failures.md']).toContain(target.split('#')[0]);
    }
  });
});
