import { randomInt } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTemporalCli } from '../../src/engine/index.js';
import { Process } from '../../test/support/processes.js';
import type { TemporalServer } from '../../test/support/stage.js';
import {
  commandOf,
  type ComposeModel,
  type ComposeService,
  environmentOf,
  imageOf,
  secretFiles,
  startOrder,
  type Surroundings,
} from './compose-file.js';
import { listens } from './listens.js';
import { PostgreSql } from './postgresql.js';
import type { TemporalRelease } from './temporal-release.js';

const ENTRYPOINT = '/etc/temporal/entrypoint.sh';
const PORTS = { postgresql: 5432, temporal: 7233 };
/** What Docker gives a container between SIGTERM and SIGKILL. */
const GRACE_MS = 10_000;

/**
 * The services of a compose file as processes of this machine. Each has a loopback address of its own in place of its
 * host name, so that all keep the ports that they have in their containers.
 */
export class Topology {
  private readonly addresses: Readonly<Record<string, string>>;
  private database: PostgreSql | undefined;
  private server: Process | undefined;

  private constructor(
    private readonly model: ComposeModel,
    private release: TemporalRelease,
    private readonly temporalCli: string,
    /** For the log of each service. */
    private readonly folder: string,
  ) {
    const network = `127.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    const names = Object.keys(model.services);
    this.addresses = Object.fromEntries(names.map((name, index) => [name, `${network}.${index + 2}`]));
  }

  /**
   * Starts the services that need no profile, in the order of the compose file; the stage starts the worker.
   *
   * @param older - the files of an older release, whose schema the databases have at first
   */
  static async up(
    model: ComposeModel,
    release: TemporalRelease,
    folder: string,
    older: TemporalRelease['files'] = {},
  ): Promise<Topology> {
    const topology = new Topology(
      model,
      { ...release, files: { ...release.files, ...older } },
      await findTemporalCli(),
      folder,
    );
    try {
      for (const name of startOrder(model)) {
        await topology.startService(name);
        if (name === 'schema') await topology.upgradeSchema(release);
      }
      return topology;
    } catch (error) {
      await topology.stop();
      throw error;
    }
  }

  private async startService(name: string): Promise<void> {
    const { repository, version } = imageOf(this.service(name));
    switch (repository) {
      case 'postgres': {
        const { POSTGRES_USER: user = 'postgres' } = this.environment(name);
        this.database = await PostgreSql.create(version, user, this.address(name), this.logFile(name));
        return this.startDatabase();
      }
      case 'temporalio/admin-tools':
        return this.runToEnd(name);
      case 'temporalio/server':
        await this.serve();
        return;
      case 'temporalio/ui':
      case 'temporal-tencent-redis':
        return;
      default:
        throw new Error(`The rehearsal cannot run ${name}: it knows no programs of the image ${repository}`);
    }
  }

  async startDatabase(): Promise<void> {
    this.database?.start();
    await listens(this.address('postgresql'), PORTS.postgresql);
  }

  /** Kills PostgreSQL and starts it again on the data that it left behind. */
  async restartDatabase(): Promise<void> {
    await this.database?.kill();
    await this.startDatabase();
  }

  /** Keeps a copy of the databases; everything that uses them is stopped meanwhile. */
  async backUp(): Promise<void> {
    await this.stopServer();
    await this.database?.backUp();
    await this.startDatabase();
  }

  /** Puts the copy in the place of the databases. */
  async restore(): Promise<void> {
    await this.stopServer();
    await this.database?.restore();
    await this.startDatabase();
  }

  /** `host:port` of Temporal. */
  get temporal(): string {
    return `${this.address('temporal')}:${PORTS.temporal}`;
  }

  /** The server, which is started unless it runs. */
  async serve(): Promise<TemporalServer> {
    const server = this.server?.isRunning ? this.server : await this.startServer();
    return { address: this.temporal, pid: server.pid ?? 0, stop: () => server.kill() };
  }

  private async startServer(): Promise<Process> {
    const own = commandOf(this.service('temporal'), this.surroundings);
    const server = this.run('temporal', own.length > 0 ? own : ['bash', this.surroundings.files[ENTRYPOINT] ?? '']);
    this.server = server;
    const ended = server.end.then(({ code }) => {
      throw new Error(`temporal-server ended with ${String(code)}: ${server.output.slice(-2_000)}`);
    });
    ended.catch(() => undefined);
    await Promise.race([listens(this.address('temporal'), PORTS.temporal), ended]);
    return server;
  }

  /** Brings the databases up to a release, which Docker Compose does before it replaces the server. */
  async upgradeSchema(release: TemporalRelease): Promise<void> {
    this.release = release;
    await this.runToEnd('schema');
  }

  /** Stops the server as Docker does. */
  async stopServer(): Promise<void> {
    this.server?.signal('SIGTERM');
    await Promise.race([this.server?.end, sleep(GRACE_MS)]);
    await this.server?.kill();
  }

  async stop(): Promise<void> {
    await this.server?.kill();
    await this.database?.remove();
  }

  /** Runs a container that has to end, and to end well. */
  private async runToEnd(name: string): Promise<void> {
    const running = this.run(name, commandOf(this.service(name), this.surroundings));
    const { code } = await running.end;
    if (code !== 0) throw new Error(`${name} ended with ${String(code)}: ${running.output.slice(-2_000)}`);
  }

  private run(name: string, [program = '', ...args]: readonly string[]): Process {
    const folders = [...this.release.bin, path.dirname(this.temporalCli), process.env['PATH']];
    const env = { ...this.environment(name), HOME: this.folder, PATH: folders.join(path.delimiter) };
    return new Process([program, ...args], { cwd: this.folder, env, logFile: this.logFile(name) });
  }

  private logFile(name: string): string {
    return path.join(this.folder, `${name}.log`);
  }

  /** The environment of a service's container. */
  environment(name: string): Record<string, string> {
    return environmentOf(name, this.service(name), this.surroundings);
  }

  private get surroundings(): Surroundings {
    return { addresses: this.addresses, files: { ...this.release.files, ...secretFiles(this.model) } };
  }

  private service(name: string): ComposeService {
    const service = this.model.services[name];
    if (!service) throw new Error(`The compose file has no service ${name}`);
    return service;
  }

  private address(name: string): string {
    const address = this.addresses[name];
    if (address === undefined) throw new Error(`The compose file has no service ${name}`);
    return address;
  }
}
