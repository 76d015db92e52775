// What eslint.config.js uses. It stands here, where the linter is installed.
export { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
export { default as importX } from 'eslint-plugin-import-x';
export { default as tseslint } from 'typescript-eslint';
