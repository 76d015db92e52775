// A process of its own, since Node reads the variables that switch TLS verification off, or add to whom it trusts, from
// the real environment. Prints what became of a plain request, and of two calls of the build in turn, to the URL in its
// argument.
import { get } from 'node:https';
import { createAgent } from '../../../lib/tencent/agents.js';
import { exchange } from '../../../lib/tencent/http.js';

const url = new URL(process.argv[2] ?? '');
const plain = await new Promise((resolve) => {
  get(url, { agent: false }, (response) => resolve(response.resume().statusCode)).on('error', ({ message }) =>
    resolve(message),
  );
});
const agent = createAgent(url);
const call = () =>
  exchange({ method: 'GET', url, timeoutMs: 10_000, agent }).then(
    ({ status }) => status,
    ({ code }) => code,
  );
await call();
const ours = await call();
agent.destroy();
console.log(JSON.stringify({ plain, ours }));
