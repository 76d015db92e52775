import { availableParallelism } from 'node:os';

/**
 * Libraries that keep nothing between calls. Jest would load them anew for each file, which takes a fifth of a second of a
 * processor, and as much again until they run at full speed: here a process loads them once. What asks whether something is
 * an `Object` or an `Error`, as gRPC does, is none: those of a test file are its own.
 */
const LIBRARIES = ['@temporalio/proto', 'memfs', 'protobufjs', 'rxjs'];
// Paths of Windows have another separator.
const IN_LIBRARIES = `(${LIBRARIES.join('|')})/`.replaceAll('/', String.raw`[/\\]`);

const shared = {
  testEnvironment: '<rootDir>/test/support/environment.cjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: [String.raw`[/\\]node_modules[/\\](?!${IN_LIBRARIES})`],
  transform: {
    [String.raw`[/\\]node_modules[/\\]${IN_LIBRARIES}.*\.js$`]: '<rootDir>/test/support/library.cjs',
    '^.+\\.ts$': [
      '<rootDir>/test/node_modules/@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript' },
          target: 'es2022',
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

/** A Temporal server for the whole run. */
const servers = {
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
};

const patience = { setupFilesAfterEnv: ['<rootDir>/test/support/long-tests.js'] };

const FAST = ['contract', 'tencent', 'activities', 'deploy', 'rehearse'];
const LONG = ['decoder', 'demo', 'engine', 'fuzz', 'long-waits', 'package', 'processes', 'scripts', 'tracing'];
const CRASH = ['crash'];

/** The tests in these folders of `test`. */
function project(displayName, folders, options) {
  return {
    ...shared,
    ...options,
    displayName,
    testMatch: folders.map((each) => `<rootDir>/test/${each}/**/*.test.ts`),
  };
}

/**
 * `npm test` runs `fast` and `server`, `npm run test:fast` and `npm run test:long` the others.
 *
 * @type {import('./test/node_modules/jest/build/index.js').Config}
 */
export default {
  projects: [
    project('fast', FAST),
    project('server', ['**'], {
      ...servers,
      testPathIgnorePatterns: [...FAST, ...LONG, ...CRASH].map((each) => `<rootDir>/test/${each}/`),
    }),
    project('long', LONG, { ...servers, ...patience }),
    // Its tests have servers of their own, to kill them.
    project('crash', CRASH, patience),
  ],
  testSequencer: '<rootDir>/test/support/sequencer.cjs',
  // The one limit of how long a test may wait, so far away that no other process reaches it.
  testTimeout: 180_000,
  // Tests of one file that run at once: they wait for timers most of the time.
  maxConcurrency: 12,
  // More than cores, since many tests wait for timers rather than compute; more than five would take gigabytes.
  maxWorkers: Math.min(5, Math.floor(2.5 * availableParallelism())),
  // A process that has nothing left to do still gives back a gigabyte, all of them at once: by half a second, jest's default,
  // a busy machine is not through. One that something holds open does not end later either, and jest tells.
  workerGracefulExitTimeout: 10_000,
  // What runs in Temporal's sandbox, or in a process of its own, is tested there, where jest cannot count it.
  collectCoverageFrom: ['src/**/*.ts', '!src/workflows/**', '!src/worker.ts', '!src/**/main.ts'],
  coverageReporters: ['text', 'lcov'],
};
