import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { ROOT } from '../consumers/packed.js';
import { readManifest } from './manifest.js';
import type { ReleaseCheck } from './release-check.js';

const COMPILER_OPTIONS = {
  ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', lib: ['es2023'] },
  ...{ types: ['node'], strict: true, skipLibCheck: true },
};

/** The public surface of each entry point is that of its report in `api/`. @param write - brings the reports up to date */
export function apiReport(write: boolean): ReleaseCheck {
  return {
    about: 'public surface',
    async run() {
      const modules = Object.entries((await readManifest()).exports).filter(([, target]) => typeof target === 'object');
      const wrong: string[] = [];
      const temporary = await mkdtemp(path.join(tmpdir(), 'redis-task-api-'));
      try {
        for (const [entry, target] of modules) {
          const report = entry === '.' ? 'index' : entry.slice(2).replaceAll('/', '-');
          if (isChanged(report, (target as { types: string }).types, temporary, write)) {
            wrong.push(
              `What ${entry} exports is no longer what api/${report}.api.md says: add a changeset, and run npm run release:check -- --write.`,
            );
          }
        }
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
      return { wrong, found: `${modules.length} entry points, in api/` };
    },
  };
}

function isChanged(report: string, types: string, temporary: string, write: boolean): boolean {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: path.join(ROOT, types),
      compiler: { overrideTsconfig: { compilerOptions: COMPILER_OPTIONS, include: ['lib'] } },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: path.join(ROOT, 'api'),
        reportTempFolder: temporary,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(ROOT, 'package.json'),
  });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: write,
    // Missing reports count as changed; what it thinks of our comments is TypeDoc's business.
    messageCallback: (message) => {
      message.handled = true;
    },
  });
  return apiReportChanged && !write;
}
