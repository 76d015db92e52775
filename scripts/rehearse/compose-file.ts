/**
 * What the rehearsal reads from a compose file. Pure: the file comes as the model that the Compose Specification's own
 * library makes of it, with variables filled in.
 */

/** The part of the model that is used here. */
export interface ComposeModel {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly secrets?: Readonly<Record<string, { readonly file?: string }>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

export interface ComposeService {
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string | number | boolean | null>>;
  readonly entrypoint?: readonly string[] | null;
  readonly command?: readonly string[] | null;
  readonly secrets?: readonly { readonly source: string }[];
  readonly volumes?: readonly { readonly type: string; readonly source?: string }[];
  readonly ports?: readonly { readonly host_ip?: string; readonly published?: string }[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

/** The names of the services that start without a profile, each after those that it depends on. */
export function startOrder({ services }: ComposeModel): string[] {
  const order: string[] = [];
  const visit = (name: string) => {
    const service = services[name];
    if (service === undefined || isOptional(service) || order.includes(name)) return;
    Object.keys(service.depends_on ?? {}).forEach(visit);
    order.push(name);
  };
  Object.keys(services).forEach(visit);
  return order;
}

function isOptional({ profiles = [] }: ComposeService): boolean {
  return profiles.length > 0;
}

/** The repository of a service's image and its version: of `postgres:16.10-alpine` they are `postgres` and `16.10`. */
export function imageOf(service: ComposeService): { readonly repository: string; readonly version: string } {
  const [, repository = '', version = ''] = /^([^:@]+):v?(\d+(?:\.\d+)*)/.exec(service.image ?? '') ?? [];
  return { repository: repository || (service.image ?? ''), version };
}

/** Where the containers' surroundings are on a machine without containers. */
export interface Surroundings {
  /** The address that stands for each service's host name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** What stands for files and folders of the image, and for mounted secrets, by their path in the container. */
  readonly files: Readonly<Record<string, string>>;
}

/** Variables that hold a host name alone. Where a port follows the name, it is a host name in any variable. */
const HOST_VARIABLE = /(HOST|SEEDS)$/;

/** The environment of a service, with the real addresses and files. */
export function environmentOf(
  name: string,
  { environment = {} }: ComposeService,
  { addresses, files }: Surroundings,
): Record<string, string> {
  const own = addresses[name];
  return Object.fromEntries(
    Object.entries(environment)
      .filter(([, value]) => value !== null)
      .map(([variable, value]) => {
        let text = withFiles(String(value), files);
        if (own !== undefined) text = text.replaceAll('0.0.0.0', own);
        for (const [host, address] of Object.entries(addresses)) {
          text = text.replaceAll(new RegExp(`(?<![\\w.-])${host}(?=:\\d)`, 'g'), address);
          if (text === host && HOST_VARIABLE.test(variable)) text = address;
        }
        return [variable, text];
      }),
  );
}

/** The command line of a service's container, with the real files. */
export function commandOf({ entrypoint, command }: ComposeService, { files }: Surroundings): string[] {
  return [...(entrypoint ?? []), ...(command ?? [])].map((word) => withFiles(word, files));
}

/** Where Compose mounts secrets, and the file of each. */
export function secretFiles({ secrets = {} }: ComposeModel): Record<string, string> {
  const entries = Object.entries(secrets).filter(([, { file }]) => file !== undefined);
  return Object.fromEntries(entries.map(([name, { file = '' }]) => [`/run/secrets/${name}`, file]));
}

/** Files of this machine that the compose file needs: what it mounts into containers, and its secrets. */
export function neededFiles(model: ComposeModel): string[] {
  const mounts = Object.values(model.services).flatMap(({ volumes = [] }) => volumes);
  const bound = mounts.filter(({ type }) => type === 'bind').map(({ source = '' }) => source);
  return [...new Set([...bound, ...Object.values(secretFiles(model))])];
}

/** What services refer to and the file does not have, one sentence each. The schema cannot tell. */
export function danglingReferences({ services, secrets = {}, volumes = {} }: ComposeModel): string[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const named = (service.volumes ?? []).filter(({ type }) => type === 'volume');
    const missing = (kind: string, wanted: readonly string[], known: object) =>
      wanted
        .filter((each) => !(each in known))
        .map((each) => `${name} refers to the ${kind} ${each}, which is missing`);
    return [
      ...missing('service', Object.keys(service.depends_on ?? {}), services),
      ...missing(
        'secret',
        (service.secrets ?? []).map(({ source }) => source),
        secrets,
      ),
      ...missing(
        'volume',
        named.map(({ source = '' }) => source),
        volumes,
      ),
    ];
  });
}

/** What leaves a service more open than it has to be, one sentence each. */
export function openings({ services }: ComposeModel): string[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const { read_only, cap_drop = [], security_opt = [], ports = [] } = service;
    return [
      ...(read_only ? [] : [`${name} may write to its image: read_only is missing`]),
      ...(cap_drop.includes('ALL') ? [] : [`${name} keeps capabilities: cap_drop has no ALL`]),
      ...(security_opt.includes('no-new-privileges:true')
        ? []
        : [`${name} may gain rights: no-new-privileges is missing`]),
      ...ports
        .filter(({ host_ip }) => host_ip !== '127.0.0.1')
        .map(({ published }) => `${name} publishes port ${String(published)} beyond loopback`),
    ];
  });
}

function withFiles(text: string, files: Readonly<Record<string, string>>): string {
  return Object.entries(files).reduce((replaced, [inside, real]) => replaced.replaceAll(inside, real), text);
}
