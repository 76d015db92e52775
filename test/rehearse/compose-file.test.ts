import { readFile } from 'node:fs/promises';
import { parse } from 'ini';
import {
  commandOf,
  type ComposeModel,
  danglingReferences,
  environmentOf,
  imageOf,
  neededFiles,
  openings,
  secretFiles,
  startOrder,
} from '../../scripts/rehearse/compose-file.js';
import { SIMULATOR_CREDENTIAL } from '../support/simulator.js';

const surroundings = {
  addresses: { temporal: '127.9.9.2', postgresql: '127.9.9.3' },
  files: { '/etc/temporal/schema': '/sources/schema', '/run/secrets/key': '/home/me/key' },
};
const environment = (variables: Record<string, string | number | null>) =>
  environmentOf('temporal', { environment: variables }, surroundings);

describe('the order of services', () => {
  const after = (...names: string[]) => ({
    depends_on: Object.fromEntries(names.map((name) => [name, { condition: 'service_healthy' }])),
  });

  test('puts each after all that it depends on', () => {
    const services = { worker: after('namespace'), namespace: after('temporal'), temporal: after('db'), db: {} };

    expect(startOrder({ services })).toEqual(['db', 'temporal', 'namespace', 'worker']);
  });

  test('leaves out those of a profile', () => {
    expect(startOrder({ services: { simulator: { profiles: ['simulator'] }, worker: {} } })).toEqual(['worker']);
  });
});

describe('an image', () => {
  test.each([
    ['postgres:16.10-alpine', 'postgres', '16.10'],
    ['temporalio/server:1.32.0', 'temporalio/server', '1.32.0'],
    ['temporalio/server:1.32.0@sha256:0123', 'temporalio/server', '1.32.0'],
    ['prom/prometheus:v3.16.0', 'prom/prometheus', '3.16.0'],
    ['temporal-tencent-redis', 'temporal-tencent-redis', ''],
  ])('%s has a repository and a version', (image, repository, version) => {
    expect(imageOf({ image })).toEqual({ repository, version });
  });
});

describe('the environment of a service', () => {
  test('has addresses where the file has host names', () => {
    expect(environment({ POSTGRES_SEEDS: 'postgresql', TEMPORAL_ADDRESS: 'temporal:7233' })).toEqual({
      POSTGRES_SEEDS: '127.9.9.3',
      TEMPORAL_ADDRESS: '127.9.9.2:7233',
    });
  });

  test('keeps a user whose name is that of a host', () => {
    expect(environment({ POSTGRES_USER: 'temporal' })).toEqual({ POSTGRES_USER: 'temporal' });
  });

  test('keeps a host whose name only ends like that of a service', () => {
    expect(environment({ URL: 'http://my-temporal:80' })).toEqual({ URL: 'http://my-temporal:80' });
  });

  test('binds to the address of the service instead of to all', () => {
    expect(environment({ BIND_ON_IP: '0.0.0.0' })).toEqual({ BIND_ON_IP: '127.9.9.2' });
  });

  test('has the real file of a secret', () => {
    expect(environment({ KEY_FILE: '/run/secrets/key' })).toEqual({ KEY_FILE: '/home/me/key' });
  });

  test('leaves out a variable that is not set', () => {
    expect(environment({ TENCENTCLOUD_TOKEN: null, SQL_PORT: 5432 })).toEqual({ SQL_PORT: '5432' });
  });
});

test("a command has this machine's files in place of the image's", () => {
  const service = { entrypoint: ['sh', '-euc'], command: ['update /etc/temporal/schema/v12'] };

  expect(commandOf(service, surroundings)).toEqual(['sh', '-euc', 'update /sources/schema/v12']);
});

describe('the files that are mounted', () => {
  const model: ComposeModel = {
    services: {
      prometheus: {
        volumes: [
          { type: 'bind', source: '/repo/alerts.yml' },
          { type: 'volume', source: 'data' },
        ],
      },
    },
    secrets: { key: { file: '/repo/key' }, other: {} },
  };

  test('are those of bind mounts and of secrets', () => {
    expect(neededFiles(model)).toEqual(['/repo/alerts.yml', '/repo/key']);
  });

  test('of secrets are where Compose mounts them', () => {
    expect(secretFiles(model)).toEqual({ '/run/secrets/key': '/repo/key' });
  });
});

describe('a reference', () => {
  const worker = {
    depends_on: { temporal: { condition: 'service_healthy' } },
    secrets: [{ source: 'key' }],
    volumes: [{ type: 'volume', source: 'data' }],
  };

  test('to something that the file has is fine', () => {
    const model = { services: { temporal: {}, worker }, secrets: { key: {} }, volumes: { data: null } };

    expect(danglingReferences(model)).toEqual([]);
  });

  test('to something else is named', () => {
    expect(danglingReferences({ services: { worker } })).toEqual([
      'worker refers to the service temporal, which is missing',
      'worker refers to the secret key, which is missing',
      'worker refers to the volume data, which is missing',
    ]);
  });
});

describe('a service', () => {
  const closed = { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] };

  test('that is closed has no openings', () => {
    const ports = [{ host_ip: '127.0.0.1', published: '7233' }];

    expect(openings({ services: { temporal: { ...closed, ports } } })).toEqual([]);
  });

  test.each([
    ['writes to its image', { read_only: false }, 'read_only'],
    ['keeps capabilities', { cap_drop: ['NET_RAW'] }, 'cap_drop'],
    ['may gain rights', { security_opt: [] }, 'no-new-privileges'],
    ['is published on every interface', { ports: [{ published: '5432' }] }, 'port 5432'],
  ])('that %s is named', (_, part, says) => {
    expect(openings({ services: { temporal: { ...closed, ...part } } })).toEqual([
      expect.stringMatching(new RegExp(`^temporal .*${says}`)),
    ]);
  });
});

test("the file with the simulator's key holds the key that the simulator accepts", async () => {
  const { default: key } = parse(await readFile('deploy/simulator-credentials', 'utf8'));

  expect(key).toEqual({ secret_id: SIMULATOR_CREDENTIAL.secretId, secret_key: SIMULATOR_CREDENTIAL.secretKey });
});
