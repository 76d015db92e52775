// Makes a workflow bundle small. Three quarters of what the SDK bundles are comments, and a source map with paths of this
// machine, which each worker reads and looks up with every promise of a workflow.

/** The code without both. A worker requires a source map, so it gets an empty one. */
export async function smallBundle(code, file) {
  const { minify } = await import('@swc/core');
  // Names of functions and classes stay: histories contain stack traces.
  const names = { keep_fnames: true, keep_classnames: true };
  const compress = { defaults: false, unused: true, dead_code: true, side_effects: true, ...names };
  const { code: small } = await minify(code, { compress, mangle: names });
  const map = { version: 3, file, sources: [], names: [], mappings: '' };
  const inline = Buffer.from(JSON.stringify(map)).toString('base64');
  return `${small}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${inline}\n`;
}
