import type { PayloadCodec } from '@temporalio/common';
import { encryption, isEncrypted } from '../plugin/codec.js';

/** Reads what others have encrypted and what they have not, and writes plainly. */
export const readsBoth: PayloadCodec = {
  encode: (payloads) => Promise.resolve(payloads),
  decode: async (payloads) =>
    (await Promise.all(payloads.map(async (each) => (isEncrypted(each) ? encryption.decode([each]) : [each])))).flat(),
};
