import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Runtime } from '@temporalio/worker';
import { ConfigError, runRedisTaskWorker } from '../../src/worker/index.js';
import { askNeighbour, identityHeader, neighbourWarning } from '../../src/worker/neighbour.js';
import { freeAddress, GOOD_SETTINGS, WorkerProcess } from '../support/processes.js';
import { errorOf } from '../support/waits.js';

const folder = mkdtempSync(path.join(tmpdir(), 'redis-task-settings-'));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Runtime.instance().shutdown();
});

function file(name: string, text: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, text, { mode: 0o600 });
  return at;
}

const noKeys = { TENCENTCLOUD_SECRET_ID: '', TENCENTCLOUD_SECRET_KEY: '' };

/** What stands in for a secret, in a value or in a file. It must not come out again. */
const MARK = 'marked-secret';

describe('a worker with a setting that it cannot use', () => {
  test.each([
    ['REDIS_TASK_QUEUE', { REDIS_TASK_QUEUE: 'two\nlines' }],
    ['REDIS_TASK_API_RPS', { REDIS_TASK_API_RPS: '21' }],
    ['REDIS_TASK_SECRETS', { REDIS_TASK_SECRETS: path.join(folder, 'none') }],
    ['REDIS_TASK_HTTP', { REDIS_TASK_HTTP: '9464' }],
    ['REDIS_TASK_LOG_LEVEL', { REDIS_TASK_LOG_LEVEL: 'loud' }],
    ['REDIS_TASK_LOG_FORMAT', { REDIS_TASK_LOG_FORMAT: 'xml' }],
    ['REDIS_TASK_SEARCH_ATTRIBUTES', { REDIS_TASK_SEARCH_ATTRIBUTES: 'yes' }],
    ['TEMPORAL_ADDRESS', { TEMPORAL_ADDRESS: 'not an address' }],
    ['TEMPORAL_API_KEY', { TEMPORAL_API_KEY: `${MARK}\n` }],
    ['TEMPORAL_WORKER_BUILD_ID', { TEMPORAL_DEPLOYMENT_NAME: 'redis-task' }],
    ['TEMPORAL_TLS', { TEMPORAL_TLS: 'yes', TEMPORAL_API_KEY: MARK }],
    ['TEMPORAL_TLS_SERVER_CA_CERT_', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.pem', MARK) }],
    ['TEMPORAL_TLS_CLIENT_KEY_PATH', { TEMPORAL_TLS_CLIENT_CERT_PATH: file('cert.pem', MARK) }],
    ['TEMPORAL_TLS_CLIENT_CERT_', { TEMPORAL_TLS_CLIENT_CERT_DATA: MARK, TEMPORAL_TLS_CLIENT_KEY_DATA: MARK }],
    ['TEMPORAL_TLS_CLIENT_KEY_PATH', { TEMPORAL_TLS_CLIENT_KEY_PATH: path.join(folder, 'none.pem') }],
    ['TEMPORAL_PROFILE', { TEMPORAL_PROFILE: 'unknown' }],
    ['TEMPORAL_CONFIG_FILE', { TEMPORAL_CONFIG_FILE: path.join(folder, 'none.toml') }],
    ['TEMPORAL_CONFIG_FILE', { TEMPORAL_CONFIG_FILE: file('a.toml', `[profile.default]\napi_key = ${MARK}\n`) }],
    ['TEMPORAL_CONFIG_FILE', { TEMPORAL_CONFIG_FILE: file('b.toml', `api_key = "${MARK}"\n`) }],
    ['TENCENTCLOUD_SECRET_ID', { TENCENTCLOUD_SECRET_ID: '', TENCENTCLOUD_SECRET_KEY: MARK }],
    ['TENCENTCLOUD_SECRET_KEY', { TENCENTCLOUD_SECRET_KEY: '' }],
    ['TENCENTCLOUD_SECRET_KEY', { TENCENTCLOUD_SECRET_KEY: `${MARK}\n` }],
    ['TENCENTCLOUD_TOKEN', { TENCENTCLOUD_TOKEN: `${MARK} ${MARK}` }],
    ['TENCENTCLOUD_REDIS_ENDPOINT', { TENCENTCLOUD_REDIS_ENDPOINT: `https://user:${MARK}@redis.example.com` }],
    ['TENCENTCLOUD_CREDENTIALS_FILE', { ...noKeys, TENCENTCLOUD_CREDENTIALS_FILE: path.join(folder, 'none') }],
    ['secret_key', { ...noKeys, TENCENTCLOUD_CREDENTIALS_FILE: file('half', `[default]\nsecret_id = ${MARK}\n`) }],
    ['TENCENTCLOUD_PROFILE', { ...noKeys, TENCENTCLOUD_PROFILE: 'unknown' }],
    ['TENCENTCLOUD_ROLE_ARN', { TENCENTCLOUD_ROLE_SESSION_NAME: 'worker' }],
    ['TENCENTCLOUD_ASSUME_ROLE_ARN', { TENCENTCLOUD_ASSUME_ROLE_ARN: 'worker' }],
    ['TENCENTCLOUD_ASSUME_ROLE_ARN', { TENCENTCLOUD_ROLE_ARN: 'qcs::a', TENCENTCLOUD_ASSUME_ROLE_ARN: 'qcs::b' }],
    ['TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION', { TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION: MARK }],
    ['TENCENTCLOUD_STS_ENDPOINT', { TENCENTCLOUD_STS_ENDPOINT: `https://user:${MARK}@sts.example.com` }],
    ['TENCENTCLOUD_CREDENTIAL_SOURCE', { TENCENTCLOUD_CREDENTIAL_SOURCE: 'static' }],
    ['TENCENTCLOUD_CREDENTIAL_SOURCE', { TENCENTCLOUD_CREDENTIAL_SOURCE: 'profile' }],
    ['OTEL_METRICS_EXPORTER', { OTEL_METRICS_EXPORTER: 'console' }],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }],
    ['OTEL_EXPORTER_OTLP_HEADERS', { OTEL_EXPORTER_OTLP_HEADERS: MARK }],
    ['HTTPS_PROXY', { HTTPS_PROXY: `http://user:${MARK}@pro xy` }],
  ])('is refused in one line that names %s', async (variable, env) => {
    const error = await errorOf(runRedisTaskWorker({ env: { ...GOOD_SETTINGS, ...env } }));

    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toMatch(/^[^\n]+$/);
    expect((error as Error).message).toContain(variable);
    expect((error as Error).message).not.toContain(MARK);
  });

  test.concurrent.each([
    ['TENCENTCLOUD_SECRET_KEY', { TENCENTCLOUD_SECRET_KEY: `${MARK}\n` }],
    ['TEMPORAL_CONFIG_FILE', { TEMPORAL_CONFIG_FILE: file('c.toml', `api_key = ${MARK}\n`) }],
  ])('says what is wrong with %s on stderr, and exits with 1', async (variable, env) => {
    const worker = new WorkerProcess({ ...GOOD_SETTINGS, ...env });

    await expect(worker.end).resolves.toEqual({ code: 1, signal: null });
    expect(worker.stdout).toBe('');
    expect(worker.stderr).toMatch(/^redis-task worker: [^\n]+\n$/);
    expect(worker.stderr).toContain(variable);
    expect(worker.stderr).not.toContain(MARK);
  });

  test.concurrent('lists where it looked for credentials when there are none', async () => {
    const worker = new WorkerProcess({ ...GOOD_SETTINGS, ...noKeys });

    await expect(worker.end).resolves.toEqual({ code: 1, signal: null });
    expect(worker.stderr).toMatch(/^redis-task worker: No Tencent Cloud credentials found\. Looked for: [^\n]+\n$/);
    expect(worker.stderr).toContain('TENCENTCLOUD_SECRET_ID');
    expect(worker.stderr).toContain('profile [default]');
  });
});

describe('a source of credentials that cannot answer at the moment', () => {
  test.concurrent('is reported, and does not stop the start', async () => {
    const worker = new WorkerProcess({
      ...GOOD_SETTINGS,
      TENCENTCLOUD_ROLE_ARN: 'qcs::cam::uin/100000000001:roleName/redis-task',
      HTTPS_PROXY: `http://${await freeAddress()}`,
    });

    await worker.prints('Temporal is not there yet');
    worker.signal('SIGTERM');
    await expect(worker.end).resolves.toEqual({ code: 0, signal: null });
    expect(worker.log[0]).toMatchObject({
      level: 'error',
      message: expect.stringContaining('No access to the API: not ready') as unknown,
      reason: expect.stringContaining('TENCENTCLOUD_ROLE_ARN') as unknown,
    });
  });
});

describe('the address of the health pages', () => {
  test.concurrent('must be free when it was asked for', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const worker = new WorkerProcess({ ...GOOD_SETTINGS, REDIS_TASK_HTTP: `127.0.0.1:${port}` });

    await expect(worker.end).resolves.toEqual({ code: 1, signal: null });
    other.close();
    expect(worker.stderr).toBe(
      `redis-task worker: REDIS_TASK_HTTP is "127.0.0.1:${port}", but it cannot be listened on: EADDRINUSE\n`,
    );
  });
});

describe('a worker that has something to say of its settings, and starts', () => {
  /** The log of a worker with plain HTTP to another machine, where the default address of the health pages is taken. */
  let started: Promise<{ worker: WorkerProcess; warning: string }> | undefined;
  const start = () => (started ??= startWithWarnings());

  test.concurrent('names the source of credentials in one line of the log, without a secret', async () => {
    const { worker } = await start();

    expect(worker.log.filter(({ message }) => message === 'Credentials taken')).toEqual([
      expect.objectContaining({
        level: 'info',
        source: 'environment',
        from: 'TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY in the environment',
      }),
    ]);
    expect(worker.output).not.toContain(GOOD_SETTINGS['TENCENTCLOUD_SECRET_ID']);
  });

  test.concurrent('warns of an endpoint of plain HTTP on another machine', async () => {
    const { worker } = await start();

    expect(worker.log).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: expect.stringMatching(
          /^TENCENTCLOUD_REDIS_ENDPOINT is plain HTTP to another machine \(192/,
        ) as unknown,
      }),
    );
  });

  test.concurrent('warns that the default address of the health pages is taken', async () => {
    const { worker, warning } = await start();

    expect(worker.log).toContainEqual(
      expect.objectContaining({ level: 'warn', message: warning, address: '127.0.0.1:9464', reason: 'EADDRINUSE' }),
    );
  });
});

async function startWithWarnings() {
  const twin = { namespace: 'default', taskQueue: 'redis-task', pid: process.pid };
  const other = createServer((_, response) => response.writeHead(200, identityHeader(twin)).end());
  // Should something else have the port already, so much the better.
  other.listen(9464, '127.0.0.1').on('error', () => undefined);
  const worker = new WorkerProcess({
    ...GOOD_SETTINGS,
    REDIS_TASK_HTTP: '',
    // An address that is kept free for documents.
    TENCENTCLOUD_REDIS_ENDPOINT: 'http://192.0.2.1:8080',
  });
  await worker.prints('Temporal is not there yet');
  worker.signal('SIGTERM');
  await expect(worker.end).resolves.toEqual({ code: 0, signal: null });
  const warning = neighbourWarning(twin, await askNeighbour({ host: '127.0.0.1', port: 9464, required: false }));
  other.close();
  return { worker, warning };
}
