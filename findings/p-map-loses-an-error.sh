#!/bin/sh
# p-map 7.1.1, given an async iterable that fails after its first items.
# Expected: the promise rejects with the iterable's error, whatever the mapper does. It does when the mapper takes time.
# Seen: with a mapper that is done at once, it resolves with the items that came before the error. A list of pages of
# which one was not read looks complete.
. "$(dirname "$0")/lib.sh"
with_npm p-map@7.1.1

cat >seen.js <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';

async function* pages() {
  yield 'page 1';
  yield 'page 2';
  await sleep(20);
  throw new Error('page 3 was not read');
}

const outcome = (mapper) =>
  pMap(pages(), mapper, { concurrency: 8 }).then(
    (items) => `resolves with ${items.length} items`,
    (error) => `rejects: ${error.message}`,
  );

console.log('a mapper that takes 100 ms:', await outcome(() => sleep(100)));
console.log('a mapper that is done at once:', await outcome((page) => page));
JS
node seen.js | tee seen.txt
grep -q '^a mapper that takes 100 ms: rejects' seen.txt || changed "a slow mapper lets the iterable's error through."
grep -q '^a mapper that is done at once: resolves with 2 items$' seen.txt || changed "a quick mapper hides the iterable's error."
