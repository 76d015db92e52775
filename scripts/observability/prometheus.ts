import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freeAddress, Process } from '../../test/support/processes.js';

/** Runs a program to its end. @throws Error when it fails */
export function run(program: string, args: readonly string[], cwd?: string): void {
  const { status, error } = spawnSync(program, args, { cwd, stdio: 'inherit' });
  if (error ?? status !== 0)
    throw error ?? new Error(`${program} ${args.join(' ')} failed: exit code ${String(status)}`);
}

/** Installs Debian's package if there is no Prometheus yet. */
export function needPrometheus(): void {
  if (!spawnSync('promtool', ['--version']).error) return;
  console.error('Installing prometheus (apt-get) …');
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'prometheus']);
}

export interface Alert {
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
}

/** A Prometheus that reads the pages of some workers every second. */
export class Prometheus {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'redis-task-prometheus-'));

  private constructor(private readonly address: string) {}

  static async start(targets: readonly string[], rules: string): Promise<Prometheus> {
    const prometheus = new Prometheus(await freeAddress());
    await prometheus.run(targets, rules);
    return prometheus;
  }

  private process: Process | undefined;

  private async run(targets: readonly string[], rules: string): Promise<void> {
    const at = (file: string) => path.join(this.folder, file);
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [at('alerts.yml')],
      scrape_configs: [{ job_name: 'worker', static_configs: [{ targets }] }],
    };
    writeFileSync(at('alerts.yml'), rules);
    // JSON is YAML.
    writeFileSync(at('prometheus.yml'), JSON.stringify(config));
    const flags = [`--config.file=${at('prometheus.yml')}`, `--storage.tsdb.path=${at('data')}`];
    this.process = new Process(['prometheus', ...flags, `--web.listen-address=${this.address}`]);
    await this.process.prints('Server is ready to receive web requests');
  }

  async alerts(): Promise<readonly Alert[]> {
    return (await this.ask<{ alerts: Alert[] }>('alerts')).alerts;
  }

  /** The values that a query has now. */
  async query(expr: string): Promise<number[]> {
    const { result } = await this.ask<{ result: { value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expr)}`,
    );
    return result.map(({ value: [, text] }) => Number(text));
  }

  async stop(): Promise<void> {
    await this.process?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async ask<T>(question: string): Promise<T> {
    const answer = await fetch(`http://${this.address}/api/v1/${question}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`Prometheus refuses ${question}: ${error ?? ''}`);
    return data;
  }
}
