/** The worker of `--local`: the usual one, which also ends when the process that started it is gone, however it went. */
import { startWorker } from '../worker/start.js';

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.exit(await startWorker(process.env));
