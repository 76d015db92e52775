// Runs `node` with the given arguments once the project is ready: dependencies installed and lib/ built.
// It is what lets `npm test` and `npm run demo` work on a clone where nothing has been installed yet,
// so it may use nothing but Node itself.
import { spawn } from 'node:child_process';
import { ready } from './ready.mjs';

ready();
const child = spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
