import { fileURLToPath } from 'node:url';

/** The workflows of the package alone, as `npm run build` bundled them. */
export const BUILT_BUNDLE = { codePath: fileURLToPath(new URL('../../lib/workflow-bundle.js', import.meta.url)) };
