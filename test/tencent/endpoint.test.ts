import fc from 'fast-check';
import { endpointFor, readEndpoint, SERVICE } from '../../src/tencent/endpoint.js';
import { anyCharacter } from '../support/characters.js';

describe('endpointFor', () => {
  test.each([
    ['ap-guangzhou', 'https://redis.tencentcloudapi.com/'],
    ['na-ashburn', 'https://redis.tencentcloudapi.com/'],
    ['ap-shanghai-fsi', 'https://redis.ap-shanghai-fsi.tencentcloudapi.com/'],
    ['ap-shenzhen-fsi', 'https://redis.ap-shenzhen-fsi.tencentcloudapi.com/'],
    ['ap-fsiland', 'https://redis.tencentcloudapi.com/'],
  ])('of %s is %s', (region, url) => {
    expect(endpointFor(region).href).toBe(url);
  });

  test('is a host of Tencent Cloud, or none, for whatever is called a region', () => {
    const piece = fc.constantFrom(
      'ap-',
      'x',
      '.',
      '/',
      '#',
      '?',
      '@',
      ':',
      '\\',
      '%2f',
      '\n',
      '-fsi',
      'evil.example',
      'ü',
    );
    const region = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.array(piece).map((pieces) => `${pieces.join('')}-fsi`),
    );
    fc.assert(
      fc.property(region, (text) => {
        let url: URL;
        try {
          url = endpointFor(text);
        } catch (error) {
          expect((error as Error).message).toContain('region');
          return;
        }
        expect(url.href).toMatch(/^https:\/\/redis(\.[a-z0-9-]+-fsi)?\.tencentcloudapi\.com\/$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test('names the service that a signature names', () => {
    expect(endpointFor('ap-guangzhou').host.split('.')[0]).toBe(SERVICE);
  });
});

describe('readEndpoint', () => {
  test.each([
    'https://redis.intl.tencentcloudapi.com',
    'https://redis.internal.tencentcloudapi.com/',
    'http://127.0.0.1:40123',
    'http://[::1]:8080',
  ])('takes %s', (text) => {
    expect(readEndpoint(text).href).toBe(new URL(text).href);
  });

  test.each([
    '',
    'redis.tencentcloudapi.com',
    'localhost:8080',
    'ftp://redis.tencentcloudapi.com',
    '//host',
    'https://',
  ])('refuses %j, which is no URL of HTTP', (text) => {
    expect(() => readEndpoint(text)).toThrow('must be a URL such as https://');
  });

  test.each(['https://host/path', 'https://host/?a=1', 'https://host/#a', 'https://user@host', 'https://:secret@host'])(
    'refuses %s, which is more than a base URL',
    (text) => {
      expect(() => readEndpoint(text)).toThrow('must be a base URL');
    },
  );
});
