import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../docs/.vitepress/forge.js';
import { REDIS_TASK_FAILURE_TYPES } from '../../src/index.js';
import { VARIABLES } from '../../src/worker/config.js';

const read = (file: string) => readFile(path.join(ROOT, file), 'utf8');

/** The rows of the tables of a page, as their cells. */
const rowsOf = async (page: string) =>
  (await read(page))
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| /, '')));

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
}

/** The fields of the input, those of a nested object by their path. */
function fieldsOf({ properties = {} }: Schema, prefix = ''): [name: string, schema: Schema][] {
  return Object.entries(properties).flatMap(([name, schema]): [string, Schema][] =>
    schema.properties ? fieldsOf(schema, `${prefix}${name}.`) : [[`${prefix}${name}`, schema]],
  );
}

test('docs/input.md has each field of the input, with its default', async () => {
  const rows = new Map((await rowsOf('docs/input.md')).map(([name = '', byDefault]) => [name, byDefault]));
  const fields = fieldsOf(JSON.parse(await read('schema/await-redis-task-input.json')) as Schema);
  expect([...rows.keys()].sort()).toEqual(fields.map(([name]) => `\`${name}\``).sort());
  for (const [name, schema] of fields) {
    if (schema.default !== undefined) expect(rows.get(`\`${name}\``)).toBe(`\`${JSON.stringify(schema.default)}\``);
  }
});

test('docs/failures.md has each type of failure', async () => {
  expect((await rowsOf('docs/failures.md')).map(([name]) => name)).toEqual(
    REDIS_TASK_FAILURE_TYPES.map((type) => `\`${type}\``),
  );
});

test("docs/configuration.md has each of the worker's own variables", async () => {
  const page = await read('docs/configuration.md');
  const named = (name: string) => page.includes(`\`${name}\``);
  const shortened: Readonly<Record<string, string>> = {
    TENCENTCLOUD_SESSION_TOKEN: '…_SESSION_TOKEN',
    TENCENTCLOUD_SECURITY_TOKEN: '…_SECURITY_TOKEN',
  };
  const missing = Object.keys(VARIABLES)
    .filter((name) => name === name.toUpperCase())
    .filter((name) => !named(shortened[name] ?? name));
  expect(missing).toEqual([]);
});
