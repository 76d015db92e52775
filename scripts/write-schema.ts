// Writes schema/*.json from the same rules that the validation checks.
import { mkdir, writeFile } from 'node:fs/promises';
import { JSON_SCHEMAS } from './json-schemas.js';
import { formatJson } from './lint/format.js';

const folder = new URL('../schema/', import.meta.url);

await mkdir(folder, { recursive: true });
for (const [name, schema] of Object.entries(JSON_SCHEMAS)) {
  await writeFile(new URL(`${name}.json`, folder), await formatJson(schema));
}
