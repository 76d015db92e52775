// What a supervisor does to end a worker that runs by npm start: it ends npm, or the group that npm leads.
import { describeDraining } from '../support/drained.js';

describeDraining('npm start', [
  ['SIGTERM to npm start', (worker) => worker.signal('SIGTERM')],
  ['SIGTERM to the group of npm start', (worker) => worker.signalGroup('SIGTERM')],
  ['SIGINT to the group of npm start', (worker) => worker.signalGroup('SIGINT')],
]);
