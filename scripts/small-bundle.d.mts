/** The workflow bundle without its comments and source map, to be kept in a file of this name. */
export function smallBundle(code: string, file: string): Promise<string>;
