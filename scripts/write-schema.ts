// Writes schema/*.json from the same rules that the validation checks.
import { mkdir, writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { JSON_SCHEMAS } from './json-schemas.js';

const folder = new URL('../schema/', import.meta.url);

await mkdir(folder, { recursive: true });
for (const [name, schema] of Object.entries(JSON_SCHEMAS)) {
  const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 });
  await writeFile(new URL(`${name}.json`, folder), text);
}
