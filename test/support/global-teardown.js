import { once } from 'node:events';

/** Ends the servers of this run: they live as long as this pipe. */
export default async function teardown() {
  const child = globalThis.testServers;
  if (child.exitCode !== null) return;
  child.stdin.end();
  await once(child, 'exit');
}
