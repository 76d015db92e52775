import { createTypeScriptImportResolver, importX, tseslint } from './scripts/lint/plugins.js';

/** What each zone under src/ may import of ours, besides itself. `contract` is at the bottom: it imports nothing. */
const zones = {
  contract: [],
  tencent: ['contract'],
  activities: ['contract', 'tencent', 'parents'],
  parents: ['contract'],
  workflows: ['contract', 'activities', 'parents'],
  client: ['contract'],
  plugin: ['contract', 'activities', 'parents'],
  nexus: ['contract', 'workflows'],
  cli: ['contract', 'client', 'tencent', 'worker', 'engine'],
  worker: ['contract', 'tencent', 'activities', 'parents'],
  testing: ['contract', 'tencent/sign.ts', 'tencent/errors.ts'],
  engine: [],
};

const forbiddenZones = Object.entries(zones).map(([zone, allowed]) => ({
  target: `./src/${zone}`,
  from: './src',
  except: [`./${zone}`, ...allowed.map((each) => `./${each}`)],
  message: `${zone}/ may import only itself${allowed.length ? ` and ${allowed.join(', ')}` : ''}: see CONTRIBUTING.md.`,
}));

/** In these zones each capability is a room. A room may import those after it here, besides what lies below all of them. */
const rooms = {
  contract: { action: ['task', 'instance'], watch: ['task'], task: [], instance: [] },
  workflows: { action: ['task', 'instance'], task: ['watch'], instance: [], watch: [] },
};
for (const [zone, allowed] of Object.entries(rooms)) {
  const from = (names) => names.map((name) => `./src/${zone}/${name}`);
  for (const [room, others] of Object.entries(allowed)) {
    forbiddenZones.push({
      target: `./src/${zone}/${room}`,
      from: from(Object.keys(allowed).filter((each) => each !== room && !others.includes(each))),
      message: `${zone}/${room} can be read without this room: see CONTRIBUTING.md.`,
    });
  }
  forbiddenZones.push({
    target: `./src/${zone}/wait`,
    from: from(Object.keys(allowed)),
    message: `${zone}/wait is what the waits share.`,
  });
}
forbiddenZones.push({
  target: './src/contract/*.ts',
  from: Object.keys({ wait: [], ...rooms.contract }).map((room) => `./src/contract/${room}`),
  message: 'Files of contract/ itself are what all rooms share.',
});
forbiddenZones.push({
  target: './src/worker.ts',
  from: './src',
  except: ['./worker'],
  message: 'worker.ts may import only worker/.',
});

export default tseslint.config(
  { ignores: ['lib/', 'coverage/', 'node_modules/', '**/.cache/', 'docs/.vitepress/{dist,cache}/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones: forbiddenZones }],
      'import-x/order': [
        'error',
        { groups: ['builtin', 'external', 'internal', 'parent', 'sibling'], alphabetize: { order: 'asc' } },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      // `import { type X }` alone would leave an import for its side effects behind.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: 'test', package: 'node:test' }] },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'object-shorthand': 'error',
      // Two of the slowest, a sixth of the time each: the project declares no enums, and asks for interfaces, not for classes.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // Workflow code runs in Temporal's sandbox: no Node built-ins, no clients, and activities only as types.
    files: [
      'src/contract/**/*.ts',
      'src/workflows/**/*.ts',
      'src/testing/stub/workflow.ts',
      'examples/**/workflows.ts',
      'scripts/demo/pipeline/workflows.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['got', '@temporalio/worker', '@temporalio/client', '@temporalio/activity'],
          patterns: [{ group: ['node:*'], message: 'Workflow code cannot use Node built-ins.' }],
        },
      ],
    },
  },
  {
    // How long something takes depends on what else the machine does: see CONTRIBUTING.md. `crash` is not in `npm test`.
    files: ['test/**/*.test.ts'],
    ignores: ['test/crash/**', 'test/long-waits/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.name=/^toBeLessThan/] CallExpression[callee.object.name=/^(Date|performance)$/][callee.property.name='now']",
          message: 'Another process can break this: judge by events, order or counts, as CONTRIBUTING.md says.',
        },
      ],
    },
  },
  {
    files: ['src/workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/activities/**', '**/parents/**', '**/tencent/**'],
              allowTypeImports: true,
              message: 'Types only.',
            },
          ],
        },
      ],
    },
  },
);
