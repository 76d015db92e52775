/** Tells which step of a part runs. */
export type Say = (step: string) => void;

/** What the command line says of all parts. */
export interface Scale {
  /** Few waits and short times, to see that all of it works. */
  readonly quick: boolean;
  /** How many waits at once, instead of the part's own list. */
  readonly waits?: readonly number[];
  /** Calls a second that an account allows, instead of the part's own list. */
  readonly rates?: readonly number[];
  /** How long each measurement lasts, instead of the part's own time. */
  readonly seconds?: number;
  /** Settings of the worker processes. */
  readonly settings: Readonly<Record<string, string>>;
}

/** One thing to measure. */
export interface Part {
  readonly about: string;
  run(scale: Scale, say: Say): Promise<Measured>;
}

export interface Measured<Parameters = unknown, Figures = unknown> {
  readonly parameters: Parameters;
  readonly figures: Figures;
}

interface PartDefinition<Parameters, Figures> {
  readonly about: string;
  readonly parametersFor: (scale: Scale) => Parameters;
  readonly measure: (parameters: Parameters, say: Say) => Figures | Promise<Figures>;
}

/** Defines a part by its parameters and what it measures with them. */
export function definePart<Parameters, Figures>({
  about,
  parametersFor,
  measure,
}: PartDefinition<Parameters, Figures>): Part {
  return {
    about,
    async run(scale, say): Promise<Measured<Parameters, Figures>> {
      const parameters = parametersFor(scale);
      return { parameters, figures: await measure(parameters, say) };
    },
  };
}
