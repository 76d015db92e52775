import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DevServer, type DevServerOptions, startDevServer } from '../../src/engine/index.js';

/**
 * Without these each transaction waits for the disk, and some machines manage two waits' worth of them a second. What a
 * killed process has written stays written all the same; only a power cut could take it back.
 */
const PRAGMAS = ['journal_mode=wal', 'synchronous=off'].flatMap((pragma) => ['--sqlite-pragma', pragma]);

/** A Temporal server that keeps its state in a file, and survives its own death by it. */
export class MortalServer {
  kills = 0;
  /** How long nobody answered, in all. */
  awayMs = 0;

  private reviving: Promise<void> | undefined;

  private constructor(
    private server: DevServer,
    private readonly folder: string,
  ) {}

  static async start(folder: string): Promise<MortalServer> {
    return new MortalServer(await startDevServer(optionsIn(folder)), folder);
  }

  get address(): string {
    return this.server.address;
  }

  /** Ends it as a crash would, and starts it again on the same port with the same file. */
  killAndRevive(): Promise<void> {
    this.reviving = this.dieAndRise();
    return this.reviving;
  }

  async stop(): Promise<void> {
    await this.reviving?.catch(() => undefined);
    await this.server.stop();
  }

  private async dieAndRise(): Promise<void> {
    const killedAt = Date.now();
    const { address, pid } = this.server;
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) await sleep(10);
    this.kills += 1;
    this.server = await startDevServer({ ...optionsIn(this.folder), port: Number(address.split(':')[1]) });
    this.awayMs += Date.now() - killedAt;
    if (this.server.address !== address) throw new Error('The port of the killed server was taken by something else');
  }
}

function optionsIn(folder: string): DevServerOptions {
  return { dbFilename: path.join(folder, 'temporal.db'), extraArgs: PRAGMAS };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
