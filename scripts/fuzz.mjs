// Runs test/fuzz with ten thousand cases of each kind (FUZZ_CASES) and a new seed (FUZZ_SEED), which it prints first:
// the same seed makes the same cases.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { ready } from './ready.mjs';

ready();
const cases = process.env.FUZZ_CASES || '10000';
const seed = process.env.FUZZ_SEED || String(Date.now() % 2 ** 31);
console.log(`FUZZ_CASES=${cases} FUZZ_SEED=${seed}`);

const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
const options = [
  '--testTimeout=3600000',
  '--verbose',
  '--config',
  'jest.long.config.js',
  'test/fuzz',
  ...process.argv.slice(2),
];
const child = spawn(process.execPath, [...jest, ...options], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_CASES: cases, FUZZ_SEED: seed },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
