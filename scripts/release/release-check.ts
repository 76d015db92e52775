/** One condition of a release. */
export interface ReleaseCheck {
  /** What it makes sure of, in a few words. */
  readonly about: string;
  /** @returns one sentence for each thing that is wrong, and what to do about it; and a line about what was found */
  run(): Promise<{ readonly wrong: readonly string[]; readonly found: string }>;
}
