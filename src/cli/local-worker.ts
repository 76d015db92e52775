/**
 * The worker of `--local`. It also ends when the process that started it is gone, however that ended, and then stops the
 * server, whose process id is its argument.
 */
import { startWorker } from '../worker/start.js';

process.once('disconnect', () => {
  try {
    process.kill(Number(process.argv[2]), 'SIGTERM');
  } catch {
    // It is gone already.
  }
  process.kill(process.pid, 'SIGTERM');
});
process.exit(await startWorker(process.env));
