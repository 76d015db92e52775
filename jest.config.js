/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Killed processes are `npm run test:crash`, generated cases and long histories `npm run test:long`.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/crash/',
    '<rootDir>/test/fuzz/',
    '<rootDir>/test/long-waits/',
  ],
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
  // One more than the cores of a small machine: many tests wait for timers rather than compute.
  maxWorkers: 3,
  // What runs in Temporal's sandbox, or in a process of its own, is tested there, where jest cannot count it.
  collectCoverageFrom: ['src/**/*.ts', '!src/workflows/**', '!src/worker.ts', '!src/**/main.ts'],
  coverageReporters: ['text', 'lcov'],
};
