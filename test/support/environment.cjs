const { AsyncLocalStorage } = require('node:async_hooks');
const { setFlagsFromString } = require('node:v8');
const { TestEnvironment } = require('jest-environment-node');

/**
 * Each file loads its modules anew and runs them for seconds, so V8 compiled much that never paid for itself: a tenth of
 * the whole run. A function has to run fifteen times as long as by default before V8 optimizes it.
 */
setFlagsFromString('--interrupt-budget=1000000');

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
