/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Minutes of killed processes: `npm run test:crash`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/crash/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
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
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  testTimeout: 60_000,
  // Two cores and one Temporal server: more workers would only wait for each other.
  maxWorkers: 2,
  // What runs in Temporal's sandbox, or in a process of its own, is tested there, where jest cannot count it.
  collectCoverageFrom: ['src/**/*.ts', '!src/workflows/**', '!src/worker.ts', '!src/**/main.ts'],
  coverageReporters: ['text', 'lcov'],
};
