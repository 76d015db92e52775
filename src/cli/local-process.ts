/**
 * The process behind `--local`: a Temporal server and a worker. Both end when the process that started it disconnects or
 * is gone, however that ended.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDevServer } from '../engine/index.js';
import { startWorker } from '../worker/start.js';

/** An idle worker stops at once; nobody waits for the call of a busy one. The server ends with this process. */
const STOP_MS = 2_000;

process.once('disconnect', () => {
  process.emit('SIGTERM');
  setTimeout(() => process.exit(1), STOP_MS).unref();
});
const folder = mkdtempSync(path.join(tmpdir(), 'redis-task-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const { address, namespace, uiUrl } = await startDevServer({ ui: true });
// A profile in its usual place would add its namespace, key and certificates.
const configFile = path.join(folder, 'temporal.toml');
writeFileSync(configFile, `[profile.default]\naddress = "${address}"\nnamespace = "${namespace}"\n`);
process.send?.({ configFile, address, uiUrl });
process.exit(
  await startWorker({
    ...process.env,
    TEMPORAL_CONFIG_FILE: configFile,
    // No version of it would be the current one of this server, so it would get no work.
    TEMPORAL_DEPLOYMENT_NAME: '',
    TEMPORAL_WORKER_BUILD_ID: '',
    REDIS_TASK_HTTP: 'off',
    REDIS_TASK_LOG_FORMAT: 'json',
  }),
);
