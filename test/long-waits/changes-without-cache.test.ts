import { KINDS_OF_CHANGES } from '../support/kinds-of-changes.js';
import { KINDS_OF_INSTANCE_WAITS } from '../support/kinds-of-instance-waits.js';
import { playWithoutCache } from './play-without-cache.js';

test('without cache, every kind of change and of wait for instances ends as it must, and no workflow task fails', () =>
  playWithoutCache({ ...KINDS_OF_CHANGES, ...KINDS_OF_INSTANCE_WAITS }));
