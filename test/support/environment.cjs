const { TestEnvironment } = require('jest-environment-node');

/** Where a test file runs. What `library.cjs` stands for is loaded outside of it, once for all files of a process. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.loadOnce = require;
  }
};
