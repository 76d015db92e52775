// A user's workflows as they are before the documentation has been read to its end.
export function greet(): Promise<string> {
  return Promise.resolve('hello');
}
