/** In place of each module of a library that knows nothing of the tests: see jest.config.js. */
module.exports = { process: () => ({ code: 'module.exports = loadOnce(__filename);' }) };
