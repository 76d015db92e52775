const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

/**
 * What a test file keeps per call, as each connection of the SDK does. Node copies all that were ever used into each promise
 * of the process: left alone, those of earlier files would take a tenth of the whole run.
 */
const storages = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...args) {
  storages.add(this);
  return run.apply(this, args);
};

/** Where a test file runs. What `library.cjs` stands for is loaded outside of it, once for all files of a process. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.loadOnce = require;
  }

  async teardown() {
    for (const storage of storages) storage.disable();
    storages.clear();
    await super.teardown();
  }
};
