// deploy/kubernetes and the worker say the same. By the schemas of Kubernetes: npm run check kubernetes.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import getPort from 'get-port';
import got from 'got';
import { parse } from 'yaml';
import { apiTaskQueue } from '../../src/contract/ids.js';
import { readConfig, VARIABLES } from '../../src/worker/config.js';
import { serveHealth } from '../../src/worker/http-server.js';

const FOLDER = path.resolve(import.meta.dirname, '../../deploy/kubernetes/base');

/** Read from Temporal's own table of variables. */
const TEMPORAL = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY'];

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

function manifest(file: string): unknown {
  return parse(readFileSync(path.join(FOLDER, file), 'utf8'));
}

const { data: settings } = manifest('config-map.yaml') as { data: Record<string, string> };
const { stringData: secret } = manifest('secret.example.yaml') as { stringData: Record<string, string> };
const deployment = manifest('deployment.yaml') as {
  spec: {
    selector: { matchLabels: object };
    template: {
      metadata: { labels: object; annotations: Record<string, string> };
      spec: {
        terminationGracePeriodSeconds: number;
        topologySpreadConstraints: { labelSelector: { matchLabels: object } }[];
        containers: [Record<'startupProbe' | 'livenessProbe' | 'readinessProbe', Probe> & { ports: object[] }];
      };
    };
  };
};
const pod = deployment.spec.template;
const [container] = pod.spec.containers;

test('every variable is one that the worker reads, and has a value that it accepts', () => {
  const config = readConfig({ ...settings, ...secret });

  for (const name of Object.keys({ ...settings, ...secret }))
    expect([...Object.keys(VARIABLES), ...TEMPORAL]).toContain(name);
  expect(config).toMatchObject({ namespace: settings['TEMPORAL_NAMESPACE'], taskQueue: settings['REDIS_TASK_QUEUE'] });
  expect(config.temporal).toMatchObject({ address: settings['TEMPORAL_ADDRESS'], apiKey: secret['TEMPORAL_API_KEY'] });
  expect(config.warnings).toEqual([]);
});

test('the probes ask for pages that the worker serves, at the port where it serves them', async () => {
  const port = await getPort({ host: '127.0.0.1' });
  const noProblem = () => undefined;
  const health = { livenessProblem: noProblem, readinessProblem: noProblem, metrics: undefined };
  await serveHealth({ host: '127.0.0.1', port, required: true }, health);

  const { startupProbe, livenessProbe, readinessProbe } = container;
  for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
    expect(httpGet.port).toBe('http');
    const headers = { connection: 'close' };
    expect((await got(`http://127.0.0.1:${port}${httpGet.path}`, { headers })).statusCode).toBe(200);
  }
  expect(livenessProbe.httpGet.path).not.toBe(readinessProbe.httpGet.path);
  const { http } = readConfig(settings);
  expect(http).toMatchObject({ host: '0.0.0.0' });
  expect(container.ports).toEqual([{ name: 'http', containerPort: http?.port }]);
  expect(pod.metadata.annotations['prometheus.io/port']).toBe(String(http?.port));
});

test('a pod has more time to end than a worker takes to drain', () => {
  expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(20);
});

test('all selectors mean the pods of the worker', () => {
  const budget = manifest('pod-disruption-budget.yaml') as { spec: { selector: { matchLabels: object } } };
  const spread = pod.spec.topologySpreadConstraints.map(({ labelSelector }) => labelSelector);

  for (const { matchLabels } of [deployment.spec.selector, budget.spec.selector, ...spread]) {
    expect(matchLabels).toEqual(pod.metadata.labels);
  }
});

test('KEDA looks at the queues of the worker', () => {
  const { spec } = manifest('../keda/scaled-object.yaml') as {
    spec: { triggers: { metadata: Record<string, string> }[] };
  };
  const queues = spec.triggers.map(({ metadata }) => [metadata['queueTypes'], metadata['taskQueue']]);
  const queue = settings['REDIS_TASK_QUEUE'] ?? '';

  expect(queues).toEqual([
    ['workflow', queue],
    ['activity', apiTaskQueue(queue)],
  ]);
  for (const { metadata } of spec.triggers) {
    expect(settings).toHaveProperty(metadata['endpointFromEnv'] ?? '');
    expect(settings).toHaveProperty(metadata['namespaceFromEnv'] ?? '');
  }
});

test('the kustomization has every manifest but the example of a secret', () => {
  const { resources } = manifest('kustomization.yaml') as { resources: string[] };
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));

  expect([...resources, 'kustomization.yaml', 'secret.example.yaml'].sort()).toEqual(files.sort());
});
