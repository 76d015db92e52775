/**
 * `npm run check compose`: docker-compose.yml against the Compose Specification, by the library that Docker Compose
 * reads it with; whether every file that it mounts is there; and whether each service is as closed as the file promises.
 */
import { access } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { danglingReferences, neededFiles, openings } from './compose-file.js';
import { loadCompose, ROOT } from './load-compose.js';

const model = await loadCompose(path.join(ROOT, 'docker-compose.yml'));
const missing: string[] = [];
for (const file of neededFiles(model)) await access(file).catch(() => missing.push(`${file} is mounted, but missing`));
const faults = [...missing, ...danglingReferences(model), ...openings(model)];
for (const fault of faults) console.log(`✗ ${fault}`);
if (faults.length === 0) console.log(`✓ ${Object.keys(model.services).length} services follow the specification`);
process.exitCode = faults.length === 0 ? 0 : 1;
