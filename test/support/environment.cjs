const { types } = require('node:util');
const { TestEnvironment } = require('jest-environment-node');

/** Where a test file runs. What `library.cjs` stands for is loaded outside of it, once for all files of a process. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.loadOnce = require;
    // Errors from outside, as those of gRPC, are errors here too.
    const { Error } = this.global;
    const hasInstance = Error[Symbol.hasInstance];
    Object.defineProperty(Error, Symbol.hasInstance, {
      value(error) {
        return hasInstance.call(this, error) || (this === Error && types.isNativeError(error));
      },
    });
  }
};
