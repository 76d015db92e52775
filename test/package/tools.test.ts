// The root installs what the demo needs. Every other tool is a package of its own.
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { ROOT } from '../../docs/.vitepress/forge.js';

const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
const locks = files.filter((file) => path.basename(file) === 'package-lock.json');
const tools = locks.map((file) => path.dirname(file)).filter((folder) => folder !== '.');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

test('npm run … installs each of them, and refuses others by name', async () => {
  const command = [path.join(ROOT, 'scripts/with-project.mjs'), '--with', 'test,scripts/nowhere'];

  await expect(promisify(execFile)(process.execPath, command)).rejects.toThrow(
    `--with scripts/nowhere: the tools are in ${tools.sort().join(', ')}`,
  );
});

test('every command names tools that exist', () => {
  const commands = `${read('package.json')}${read('CONTRIBUTING.md')}`;
  const named = [...commands.matchAll(/--with ([a-z/,]+) /g)].flatMap(([, names = '']) => names.split(','));

  expect(named.length).toBeGreaterThan(tools.length);
  expect(named.filter((each) => each !== 'all' && !tools.includes(each))).toEqual([]);
});

test.each(locks)('%s asks for no more packages than a clone should, and names no registry', (file) => {
  const { packages } = JSON.parse(read(file)) as { packages: Readonly<Record<string, { readonly resolved?: string }>> };

  expect(Object.keys(packages).length).toBeLessThanOrEqual(450);
  expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
});
