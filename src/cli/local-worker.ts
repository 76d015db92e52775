/**
 * The worker of `--local`: the usual one, which also ends when the process that started it is gone, however it went, and
 * then takes along the server whose process id is its argument.
 */
import { startWorker } from '../worker/start.js';

const serverPid = Number(process.argv[2]);

process.once('disconnect', () => {
  try {
    process.kill(serverPid, 'SIGTERM');
  } catch {
    // It is gone already.
  }
  process.kill(process.pid, 'SIGTERM');
});
process.exit(await startWorker(process.env));
