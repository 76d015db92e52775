import { fileURLToPath } from 'node:url';
import config from '../../jest.config.js';

// Every test here has servers of its own, to kill them.
const { globalSetup, globalTeardown, testPathIgnorePatterns, ...shared } = config;

/** @type {import('jest').Config} */
export default {
  ...shared,
  rootDir: fileURLToPath(new URL('../..', import.meta.url)),
  testMatch: ['<rootDir>/test/crash/*.test.ts'],
  testTimeout: 120_000,
};
