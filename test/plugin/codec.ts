import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';

const KEY = randomBytes(32);
const ENCODING = 'binary/encrypted';

/** Whether a payload is one that only {@link encryption} can read. */
export function isEncrypted(payload: { metadata?: Payload['metadata'] }): boolean {
  return Buffer.from(payload.metadata?.['encoding'] ?? []).toString() === ENCODING;
}

/** Encrypts all payloads, as a user's data converter does. Refuses to read what is not encrypted. */
export const encryption: PayloadCodec = {
  encode: (payloads) => Promise.resolve(payloads.map(encrypt)),
  decode: (payloads) => Promise.resolve(payloads.map(decrypt)),
};

function encrypt(payload: Payload): Payload {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', KEY, iv);
  const encoding = Buffer.from(payload.metadata?.['encoding'] ?? []).toString();
  const plain = JSON.stringify({ encoding, data: Buffer.from(payload.data ?? []).toString('base64') });
  const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { metadata: { encoding: Buffer.from(ENCODING) }, data };
}

function decrypt(payload: Payload): Payload {
  if (!isEncrypted(payload)) throw new TypeError('A payload is not encrypted');
  const bytes = Buffer.from(payload.data ?? []);
  const decipher = createDecipheriv('aes-256-gcm', KEY, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString();
  const { encoding, data } = JSON.parse(plain) as { encoding: string; data: string };
  return { metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data, 'base64') };
}
