import config from './jest.config.js';

/**
 * `npm run test:long`: generated bad cases, and a thousand polls.
 *
 * @type {import('jest').Config}
 */
export default {
  ...config,
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: ['<rootDir>/test/fuzz/*.test.ts', '<rootDir>/test/long-waits/*.test.ts'],
  testTimeout: 300_000,
};
