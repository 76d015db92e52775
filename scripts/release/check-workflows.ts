/** `npm run check workflows`: the workflow files of the forge, by actionlint. */
import { ROOT } from '../consumers/packed.js';
import { run } from '../consumers/run.js';
import { goProgram } from '../rehearse/go.js';

const ACTIONLINT = {
  module: 'github.com/rhysd/actionlint',
  version: '1.7.12',
  command: 'cmd/actionlint',
  as: 'actionlint',
};

// Without an argument it reads every file in .github/workflows.
await run(ROOT, await goProgram(ACTIONLINT), []);
console.log('✓ actionlint has nothing to say');
