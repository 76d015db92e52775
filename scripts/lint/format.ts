import { format } from 'prettier';

/** A value as JSON, in the format that `npm run lint` asks for. */
export function formatJson(value: unknown): Promise<string> {
  return format(JSON.stringify(value), { parser: 'json', printWidth: 120 });
}
