import { readFileSync } from 'node:fs';

const RULES = readFileSync(new URL('../../deploy/observability/alerts.yml', import.meta.url), 'utf8');

export function alertNames(): string[] {
  return [...RULES.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
}

/** The alerts whose link to the runbook does not lead to a section of its own. */
export function missingSections(runbook: string): string[] {
  return alertNames().filter(
    (name) => !runbook.includes(`\n### ${name}\n`) || !RULES.includes(`runbook.md#${name.toLowerCase()}\n`),
  );
}

/** The same rules, sooner: they look at the last 20 s, and wait 3 s. Thresholds stay. */
export function hurriedRules(): string {
  return RULES.replaceAll(/\[\d+[mh]\]/g, '[20s]').replaceAll(/for: \d+m/g, 'for: 3s');
}
