import fc from 'fast-check';
import { redact } from '../../src/tencent/redact.js';
import { signTc3 } from '../../src/tencent/sign.js';
import { anyCharacter } from '../support/characters.js';

const credential = {
  secretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
  secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
  token: 'om0UHF4TFjS9+/token==EXAMPLE',
};
const { authorization, signature } = signTc3(
  { method: 'POST', service: 'redis', headers: { 'content-type': 'application/json', host: 'h' }, payload: '{}' },
  credential,
  1_551_113_065,
);

describe('redact', () => {
  const secret = fc.constantFrom(...Object.values(credential), authorization, signature);
  const around = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.constantFrom('<pre>', '"', '\r\n', 'authorization: ', 'Signature=', ' ', '***'),
  );
  const bare = new Set([signature]);

  test('leaves no key, token or Authorization header in a text, whatever surrounds it', () => {
    const named = secret.map((each) => (bare.has(each) ? `Signature=${each}` : each));
    fc.assert(
      fc.property(fc.array(fc.tuple(around, named, around), { minLength: 1, maxLength: 4 }), (parts) => {
        const text = redact(parts.flat().join(''), credential);

        for (const each of Object.values(credential)) expect(text).not.toContain(each);
        expect(text).not.toContain(`Signature=${signature}`);
        expect(text).not.toContain(authorization);
      }),
      { numRuns: 1_000 },
    );
  });

  test('leaves the rest of a page as it was', () => {
    const page = `<h1>502 Bad Gateway</h1>\nauthorization: ${authorization}\nx-tc-token: ${credential.token}\nhost: h`;

    expect(redact(page, credential)).toBe('<h1>502 Bad Gateway</h1>\nauthorization: ***\nx-tc-token: ***\nhost: h');
  });

  test('leaves a text without secrets as it was', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (text) => {
        expect(redact(text, credential)).toBe(text);
      }),
    );
  });

  test('hides a header of a signature that is not ours', () => {
    expect(redact('TC3-HMAC-SHA256 Credential=AKIDother/2019-02-25/redis/tc3_request', {})).toBe('***');
  });

  test('knows no empty secret: it would stand between all characters', () => {
    expect(redact('abc', { ...credential, token: '' })).toBe('abc');
  });
});
