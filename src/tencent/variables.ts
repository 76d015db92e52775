import * as v from 'valibot';
import { ConfigError } from './config-error.js';

/**
 * Reads environment variables by a table of their schemas. Empty variables count as not set.
 *
 * @throws ConfigError that names the first bad variable and says what is wrong with it
 */
export function readVariables<Table extends v.ObjectEntries>(table: Table, env: NodeJS.ProcessEnv) {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const { success, output, issues } = v.safeParse(v.object(table), set, { abortEarly: true });
  if (!success) throw new ConfigError(`${String(issues[0].path?.[0].key)} ${issues[0].message}`);
  return output;
}

/** The message of a rule that shows the value, without a password in it. */
export function shown(rule: string): v.ErrorMessage<v.BaseIssue<unknown>> {
  return ({ input }) => {
    return `is ${shownValue(String(input))}, but it ${rule}`;
  };
}

/** A value in double quotes. What is before an @ may hold a password, however broken the URL is. */
export function shownValue(value: string): string {
  return JSON.stringify(value.replace(/^(\w+:\/\/)?.*@/s, '$1***@').slice(0, 100));
}

/** A value that a function reads; what the function throws is the rule. */
export function readBy<T>(
  read: (text: string) => T,
  message: (rule: string) => v.ErrorMessage<v.BaseIssue<unknown>> = shown,
) {
  return v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      try {
        return read(dataset.value);
      } catch (error) {
        addIssue({ message: message((error as Error).message) });
        return NEVER;
      }
    }),
  );
}

/** One of these words. */
export function oneOf<const Words extends readonly string[]>(...words: Words) {
  return v.picklist(words, shown(`must be one of ${words.join(', ')}`));
}
