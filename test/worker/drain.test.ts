// What a supervisor does to end a worker. test/processes/drain.test.ts has the one that npm runs.
import { describeDraining } from '../support/drained.js';

describeDraining('node', [
  ['SIGTERM', (worker) => worker.signal('SIGTERM')],
  ['SIGINT', (worker) => worker.signal('SIGINT')],
]);
