/**
 * `npm run check kubernetes`: renders deploy/kubernetes with kustomize and checks the result by the schemas of Kubernetes
 * and of KEDA. Needs Go and Python.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Ajv } from 'ajv';
import { parse, parseAllDocuments, stringify } from 'yaml';

const KUSTOMIZE = 'sigs.k8s.io/kustomize/kustomize/v5@v5.7.1';
const KEDA = 'github.com/kedacore/keda/v2@v2.18.1';
const KUBERNETES_VALIDATE = 'kubernetes-validate==1.37.0';
/** The oldest version that is still common in managed clusters, and the newest. */
const KUBERNETES_VERSIONS = ['1.28', '1.37'];

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.cache', 'kubernetes');
mkdirSync(folder, { recursive: true });

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly triggers?: readonly { readonly metadata: Readonly<Record<string, string>> }[] };
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const options = { cwd: folder, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  return execFileSync(program, [...args], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** What `kubectl apply --kustomize` would send. */
function render(overlay: string): readonly Manifest[] {
  const rendered = run(path.join(folder, 'kustomize'), ['build', path.join(root, 'deploy/kubernetes', overlay)]);
  return parseAllDocuments(rendered).map((document) => document.toJS() as Manifest);
}

/** What a scaler's own schema says; the definition of the resource takes any of its settings. */
function checkScaledObject(manifest: Manifest): void {
  const { Dir } = JSON.parse(run('go', ['mod', 'download', '-json', KEDA])) as { Dir: string };
  const crd = parse(readFileSync(path.join(Dir, 'config/crd/bases/keda.sh_scaledobjects.yaml'), 'utf8')) as {
    spec: { versions: [{ schema: { openAPIV3Schema: object } }] };
  };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const isValid = ajv.compile(crd.spec.versions[0].schema.openAPIV3Schema);
  if (!isValid(manifest)) throw new Error(`ScaledObject: ${ajv.errorsText(isValid.errors)}`);

  const scaler = readFileSync(path.join(Dir, 'pkg/scalers/temporal_scaler.go'), 'utf8');
  const settings = [...scaler.matchAll(/keda:"name=(\w+), +order=triggerMetadata(;resolvedEnv)?/g)].flatMap(
    ([, name = '', fromEnv]) => (fromEnv ? [name, `${name}FromEnv`] : [name]),
  );
  const used = manifest.spec?.triggers?.flatMap(({ metadata }) => Object.keys(metadata)) ?? [];
  const unknown = used.filter((name) => !settings.includes(name));
  if (used.length === 0 || unknown.length > 0) throw new Error(`ScaledObject: not a setting: ${unknown.join(', ')}`);
}

function checkByKubernetes(manifests: readonly Manifest[]): void {
  const file = path.join(folder, 'manifests.yaml');
  writeFileSync(file, manifests.map((each) => stringify(each)).join('---\n'));
  for (const version of KUBERNETES_VERSIONS) {
    const args = ['-m', 'kubernetes_validate', '--strict', '--kubernetes-version', version, file];
    process.stdout.write(run('python3', args, { PYTHONPATH: path.join(folder, 'python') }));
  }
}

run('go', ['install', KUSTOMIZE], { GOBIN: folder });
const python = ['--quiet', '--disable-pip-version-check', '--upgrade', '--target', path.join(folder, 'python')];
run('python3', ['-m', 'pip', 'install', ...python, KUBERNETES_VALIDATE]);

const secret = parse(readFileSync(path.join(root, 'deploy/kubernetes/base/secret.example.yaml'), 'utf8')) as Manifest;
const isScaled = ({ kind }: Manifest) => kind === 'ScaledObject';
const scaled = render('keda');
const scaledObjects = scaled.filter(isScaled);
if (scaledObjects.length !== 1) throw new Error('There should be one ScaledObject');
scaledObjects.forEach(checkScaledObject);
checkByKubernetes([...render('base'), ...scaled.filter((each) => !isScaled(each)), secret]);
console.log('deploy/kubernetes is what Kubernetes and KEDA accept.');
