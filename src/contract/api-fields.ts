// Fields of what the API answers.
import * as v from 'valibot';

/** A time as text. */
export const TIME = v.pipe(v.string(), v.metadata({ format: 'date-time', description: 'ISO-8601 UTC' }));
/** A text of the API, null when it has another form. */
export const TEXT = v.fallback(v.nullable(v.string()), null);
