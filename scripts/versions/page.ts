import { table } from '../../bench/schedules/tables.js';

/** What docs/compatibility.json keeps of `npm run check versions -- --all`. */
export interface Compatibility {
  readonly date: string;
  readonly runs: readonly {
    readonly node: string;
    readonly sdk: string;
    readonly server: string;
    readonly passed: boolean;
  }[];
}

/** For each server and SDK, the versions of Node that passed. */
export function compatibilityTable({ runs }: Compatibility): string {
  const sdks = [...new Set(runs.map(({ sdk }) => sdk))];
  const servers = [...new Set(runs.map(({ server }) => server))];
  const cell = (server: string, sdk: string) => {
    const here = runs.filter((run) => run.server === server && run.sdk === sdk);
    const failed = here.filter(({ passed }) => !passed).map(({ node }) => node);
    const passed = here.filter((run) => run.passed).map(({ node }) => node);
    return `${passed.join(', ')}${failed.length > 0 ? ` (failed: ${failed.join(', ')})` : ''}`;
  };
  return table(
    ['Temporal server', ...sdks.map((sdk) => `Node with SDK ${sdk}`)],
    servers.map((server) => [server, ...sdks.map((sdk) => cell(server, sdk))]),
  );
}
