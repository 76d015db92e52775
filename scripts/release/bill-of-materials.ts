import { writeFile } from 'node:fs/promises';
import { ROOT } from '../consumers/packed.js';
import { npm } from '../consumers/run.js';
import { readManifest } from './manifest.js';
import type { ReleaseCheck } from './release-check.js';

interface Component {
  readonly name: string;
  readonly licenses?: readonly unknown[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/**
 * A software bill of materials in CycloneDX names every dependency with its licence.
 *
 * @param file - where to write it
 */
export function billOfMaterials(file: string | undefined): ReleaseCheck {
  return {
    about: 'software bill of materials',
    async run() {
      const { dependencies, optionalDependencies } = await readManifest();
      // Not `--omit dev`: npm then leaves out what development needs as well.
      const all = JSON.parse(await npm(ROOT, 'sbom', '--sbom-format', 'cyclonedx')) as { components: Component[] };
      const components = all.components.filter((each) => !isForDevelopment(each));
      if (file !== undefined) await writeFile(file, JSON.stringify({ ...all, components }, undefined, 2));
      const direct = Object.keys({ ...dependencies, ...optionalDependencies });
      const found = direct.map((name) => [name, components.find((each) => each.name === name)] as const);
      return {
        wrong: [
          ...found.filter(([, component]) => !component).map(([name]) => `It lacks ${name}: run npm ci.`),
          ...found
            .filter(([, component]) => component && !component.licenses?.length)
            .map(([name]) => `${name} names no licence: look for another package.`),
        ],
        found: `${components.length} packages`,
      };
    },
  };
}

function isForDevelopment({ properties = [] }: Component): boolean {
  return properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');
}
