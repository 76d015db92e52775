/** How a wait ended: with its result `R`, or a failure. */
export type WaitOutcome<R, F> =
  { readonly result: R; readonly failure?: undefined } | { readonly result?: undefined; readonly failure: F };
