import { KINDS_OF_WAITS } from '../support/kinds-of-waits.js';
import { playWithoutCache } from './play-without-cache.js';

test('without cache, every kind of wait for a task ends as it must, and no workflow task fails', () =>
  playWithoutCache(KINDS_OF_WAITS));
