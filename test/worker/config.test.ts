import { ConfigError } from '../../src/tencent/config-error.js';
import { readConfig } from '../../src/worker/config.js';

const nowhere = { XDG_CONFIG_HOME: '/nonexistent' };

describe('the configuration', () => {
  test.each([
    ['HTTPS_PROXY', 'http://proxy:3128'],
    ['NO_PROXY', 'localhost'],
  ])('does not judge ALL_PROXY beside %s', (variable, value) => {
    const env = { ...nowhere, [variable]: value, ALL_PROXY: 'socks5://127.0.0.1:1080' };

    expect(() => readConfig(env)).not.toThrow();
  });

  test('needs no variable at all', () => {
    expect(readConfig(nowhere)).toEqual({
      temporal: { address: 'localhost:7233' },
      namespace: 'default',
      version: undefined,
      taskQueue: 'redis-task',
      api: {
        endpoint: undefined,
        requestsPerSecond: 15,
        listRequestsPerSecond: 40,
        searchAttributes: false,
        actions: [],
      },
      http: { host: '127.0.0.1', port: 9464, required: false },
      logLevel: 'INFO',
      logFormat: 'json',
      metrics: { kind: 'prometheus' },
      traces: undefined,
      warnings: [],
    });
  });

  test.each([
    'http://redis.internal.example',
    'http://10.0.0.1:8080',
    'http://127.0.0.1.evil.example',
    'http://localhost.example',
    'http://[2001:db8::1]',
  ])('warns of %s, which carries tokens in plain text to another machine', (endpoint) => {
    const { warnings } = readConfig({ ...nowhere, TENCENTCLOUD_REDIS_ENDPOINT: endpoint });

    expect(warnings).toEqual([expect.stringMatching(/^TENCENTCLOUD_REDIS_ENDPOINT is plain HTTP to another machine/)]);
  });

  test('warns of a TENCENTCLOUD_STS_ENDPOINT of plain HTTP as well', () => {
    const { warnings } = readConfig({ ...nowhere, TENCENTCLOUD_STS_ENDPOINT: 'http://10.0.0.1' });

    expect(warnings).toEqual([expect.stringMatching(/^TENCENTCLOUD_STS_ENDPOINT is plain HTTP to another machine/)]);
  });

  test.each(['http://127.0.0.1:8080', 'http://127.1', 'http://localhost:1', 'http://[::1]:1', 'https://10.0.0.1'])(
    'does not warn of %s',
    (endpoint) => {
      expect(readConfig({ ...nowhere, TENCENTCLOUD_REDIS_ENDPOINT: endpoint }).warnings).toEqual([]);
    },
  );

  test('takes an empty variable for one that is not set', () => {
    const empty = {
      TEMPORAL_ADDRESS: '',
      TEMPORAL_NAMESPACE: '',
      TEMPORAL_API_KEY: '',
      TEMPORAL_PROFILE: '',
      TEMPORAL_CONFIG_FILE: '',
      TEMPORAL_TLS: '',
      TEMPORAL_TLS_CLIENT_CERT_PATH: '',
      TENCENTCLOUD_SECRET_ID: '',
      TENCENTCLOUD_REDIS_ENDPOINT: '',
      HTTPS_PROXY: '',
      REDIS_TASK_QUEUE: '',
      REDIS_TASK_API_RPS: '',
      REDIS_TASK_LIST_RPS: '',
      REDIS_TASK_HTTP: '',
      REDIS_TASK_LOG_LEVEL: '',
      REDIS_TASK_LOG_FORMAT: '',
      REDIS_TASK_SEARCH_ATTRIBUTES: '',
    };
    expect(readConfig({ ...nowhere, ...empty })).toEqual(readConfig(nowhere));
  });

  test('takes every variable', () => {
    const config = readConfig({
      ...nowhere,
      TEMPORAL_ADDRESS: 'temporal.example.com:7233',
      TEMPORAL_NAMESPACE: 'provisioning',
      TENCENTCLOUD_REDIS_ENDPOINT: 'https://redis.intl.tencentcloudapi.com/',
      HTTPS_PROXY: 'user:password@proxy:3128',
      TEMPORAL_DEPLOYMENT_NAME: 'platform/redis-task',
      TEMPORAL_WORKER_BUILD_ID: 'v1.2.3',
      REDIS_TASK_QUEUE: 'redis-task/account-2',
      REDIS_TASK_API_RPS: '0.5',
      REDIS_TASK_LIST_RPS: '0.2',
      REDIS_TASK_HTTP: '[::]:80',
      REDIS_TASK_LOG_LEVEL: 'debug',
      REDIS_TASK_LOG_FORMAT: 'pretty',
      REDIS_TASK_SEARCH_ATTRIBUTES: 'true',
    });
    expect(config).toMatchObject({
      temporal: { address: 'temporal.example.com:7233' },
      namespace: 'provisioning',
      version: { deploymentName: 'platform/redis-task', buildId: 'v1.2.3' },
      taskQueue: 'redis-task/account-2',
      api: {
        endpoint: new URL('https://redis.intl.tencentcloudapi.com'),
        requestsPerSecond: 0.5,
        listRequestsPerSecond: 0.2,
        searchAttributes: true,
      },
      http: { host: '::', port: 80, required: true },
      logLevel: 'DEBUG',
      logFormat: 'pretty',
    });
  });

  test.each([
    ['an API key alone', { TEMPORAL_API_KEY: 'key' }, true],
    ['TEMPORAL_TLS=true', { TEMPORAL_TLS: 'true' }, {}],
    ['TEMPORAL_TLS=false', { TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'key' }, false],
  ])('speaks TLS, or not, with %s', (_, env, tls) => {
    expect(readConfig({ ...nowhere, ...env }).temporal.tls).toEqual(tls);
  });

  test.each(['localhost', 'localhost:7233', '10.0.0.1:7233', '[::1]:7233', 'ns.acct.tmprl.cloud:7233', 'my_host:1'])(
    'takes %s for the address of a server',
    (address) => {
      const { temporal } = readConfig({ ...nowhere, TEMPORAL_ADDRESS: address });
      expect(temporal.address).toBe(address);
    },
  );

  test('takes 20 requests a second, and no more', () => {
    expect(readConfig({ ...nowhere, REDIS_TASK_API_RPS: '20' }).api.requestsPerSecond).toBe(20);
    expect(() => readConfig({ ...nowhere, REDIS_TASK_API_RPS: '20.1' })).toThrow(ConfigError);
  });

  test('takes 100 calls of DescribeTaskList a second, and no more', () => {
    expect(readConfig(nowhere).api.listRequestsPerSecond).toBe(40);
    expect(readConfig({ ...nowhere, REDIS_TASK_LIST_RPS: '100' }).api.listRequestsPerSecond).toBe(100);
    expect(() => readConfig({ ...nowhere, REDIS_TASK_LIST_RPS: '100.1' })).toThrow(ConfigError);
  });

  test.each([
    ['TEMPORAL_WORKER_BUILD_ID', { TEMPORAL_DEPLOYMENT_NAME: 'redis-task' }],
    ['TEMPORAL_DEPLOYMENT_NAME', { TEMPORAL_WORKER_BUILD_ID: 'v1' }],
  ])('misses %s when only the other half of a version is set', (missing, env) => {
    expect(() => readConfig({ ...nowhere, ...env })).toThrow(
      new ConfigError(`${missing} is missing, while ${Object.keys(env)[0]} is set: a version of the worker needs both`),
    );
  });

  const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
  const overHttp = { protocol: 'http/protobuf' };

  test.each([
    ['a collector is named', collector, overHttp],
    ['one for traces is named', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, overHttp],
    ['OTEL_TRACES_EXPORTER=otlp', { OTEL_TRACES_EXPORTER: 'otlp' }, overHttp],
    ['they go by gRPC', { ...collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, { protocol: 'grpc' }],
    ['OTEL_TRACES_EXPORTER=none', { ...collector, OTEL_TRACES_EXPORTER: 'none' }, undefined],
    ['OTEL_SDK_DISABLED=true', { ...collector, OTEL_SDK_DISABLED: 'true' }, undefined],
    ['only a name is set', { OTEL_SERVICE_NAME: 'waits' }, undefined],
  ])('sends traces, or not, when %s', (_, env, traces) => {
    expect(readConfig({ ...nowhere, ...env }).traces).toEqual(traces);
  });

  test.each([
    ['TENCENTCLOUD_REDIS_ENDPOINT', 'https://user:hunter2@api.example.com'],
    ['TENCENTCLOUD_REDIS_ENDPOINT', 'https://user:hunter2/x@api.example.com'],
    ['TENCENTCLOUD_REDIS_ENDPOINT', 'user:hunter2@api.example.com'],
    ['TENCENTCLOUD_STS_ENDPOINT', 'user:hunter2/x@sts.example.com'],
    ['TEMPORAL_ADDRESS', 'user:hunter2@temporal.example.com:7233'],
    ['TEMPORAL_ADDRESS', 'https://user:hunter2@temporal.example.com'],
  ])('refuses the password in %s=%s without telling it', (name, value) => {
    const read = () => readConfig({ ...nowhere, [name]: value });

    expect(read).toThrow(name);
    expect(read).toThrow('***@');
    expect(read).not.toThrow('hunter2');
  });

  test('turns the health pages off', () => {
    expect(readConfig({ ...nowhere, REDIS_TASK_HTTP: 'off' }).http).toBeUndefined();
  });

  test.each([
    ['REDIS_TASK_QUEUE', ['a b', 'a\nb', 'ü', 'q'.repeat(201)]],
    ['REDIS_TASK_API_RPS', ['0', '-1', '21', '1e1', 'Infinity', 'NaN', ' 5', '0x5', '5,5']],
    ['REDIS_TASK_LIST_RPS', ['0', '-1', '101', '1e1', 'Infinity', 'NaN', ' 5', '0x5', '5,5']],
    ['REDIS_TASK_HTTP', ['9464', 'localhost', ':9464', 'localhost:', 'localhost:65536', 'http://localhost:1', 'on']],
    ['REDIS_TASK_LOG_LEVEL', ['loud', 'warning', '3']],
    ['REDIS_TASK_LOG_FORMAT', ['JSON', 'text']],
    ['REDIS_TASK_SEARCH_ATTRIBUTES', ['yes', '1', 'TRUE']],
    [
      'TENCENTCLOUD_REDIS_ENDPOINT',
      ['redis', 'ftp://redis', 'https://redis/path', 'https://redis?a', 'https://u:pw@redis'],
    ],
    ['TEMPORAL_ADDRESS', ['a b', 'http://localhost:7233', 'localhost:99999', '::1', ':7233', 'localhost:x']],
    ['TEMPORAL_API_KEY', ['pw\n', 'pw\u00fc']],
    ['TEMPORAL_DEPLOYMENT_NAME', ['a.b', 'a:b', 'a b', 'd'.repeat(201)]],
    ['TEMPORAL_WORKER_BUILD_ID', ['1 2', '1\n2']],
    ['TEMPORAL_GRPC_META_TEAM', ['a\nb']],
    ['TEMPORAL_TLS', ['yes', 'on', 'TRUE']],
    ['TEMPORAL_TLS_SERVER_NAME', ['a b']],
    ['TEMPORAL_TLS_SERVER_CA_CERT_DATA', ['pw']],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', ['/nonexistent']],
    ['TEMPORAL_CONFIG_FILE', ['/nonexistent', '/']],
    ['TEMPORAL_PROFILE', ['prod']],
    ['TENCENTCLOUD_SECRET_ID', ['pw ', 'p w']],
    ['TENCENTCLOUD_SECRET_KEY', ['pw\n', '\tpw']],
    ['TENCENTCLOUD_TOKEN', ['pw\r']],
    ['TENCENTCLOUD_STS_ENDPOINT', ['sts', 'ftp://sts', 'https://sts/path', 'https://u:pw@sts']],
    ['TENCENTCLOUD_CREDENTIAL_SOURCE', ['env', 'cvm', 'CVM-ROLE']],
    ['TENCENTCLOUD_ROLE_ARN', ['waiter']],
    ['TENCENTCLOUD_ASSUME_ROLE_ARN', ['waiter']],
    ['TENCENTCLOUD_ROLE_SESSION_NAME', ['blue']],
    ['TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID', ['pw']],
    ['OTEL_TRACES_EXPORTER', ['zipkin', 'on']],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', ['pw@collector']],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', ['http/json', 'http']],
    ['ALL_PROXY', ['socks5://pw@proxy:1080']],
    ['HTTPS_PROXY', ['http://', 'http://user:pw@pro xy', 'socks5://pw@proxy', ':::', 'http://u:pw%@proxy']],
  ])('refuses bad values of %s in one line that names it', (variable, values) => {
    for (const value of values) {
      const error = caught(() => readConfig({ ...nowhere, [variable]: value }));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toContain(variable.replace(/_(DATA|META_TEAM)$/, '_'));
      expect(error.message).not.toMatch(/[\r\n]|pw/);
    }
  });
});

function caught(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown');
}
