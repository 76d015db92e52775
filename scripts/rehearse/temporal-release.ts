import path from 'node:path';
import { goModule, goProgram } from './go.js';

const MODULE = 'go.temporal.io/server';

/** A version of Temporal as its images have it. */
export interface TemporalRelease {
  readonly version: string;
  /** Folders with its programs, for PATH. */
  readonly bin: readonly string[];
  /** See {@link temporalFiles}. */
  readonly files: Readonly<Record<string, string>>;
}

/** Builds a version of Temporal's server and of its schema tool from their sources, unless they are in the cache. */
export async function temporalRelease(version: string): Promise<TemporalRelease> {
  const sqlTool = await goProgram({ module: MODULE, version, command: 'cmd/tools/sql', as: 'temporal-sql-tool' });
  const server = await goProgram({ module: MODULE, version, command: 'cmd/server', as: 'temporal-server' });
  return {
    version,
    bin: [sqlTool, server].map((program) => path.dirname(program)),
    files: await temporalFiles(version),
  };
}

/** The files of a version's images that are used here, by their path in the container. */
export async function temporalFiles(version: string): Promise<Readonly<Record<string, string>>> {
  const sources = await goModule(MODULE, version);
  return {
    '/etc/temporal/schema': path.join(sources, 'schema'),
    '/etc/temporal/entrypoint.sh': path.join(sources, 'docker', 'scripts', 'sh', 'entrypoint.sh'),
  };
}
