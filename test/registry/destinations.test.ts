import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registryAddress } from '../../src/registry/address.ts';
import {
  checkedAddress,
  checkedNextPage,
  isOwnTokenServer,
  type Refusal,
  RefusedAddressError,
} from '../../src/registry/destinations.ts';

function refusalOf(work: () => unknown): Refusal | 'passes' {
  try {
    work();
    return 'passes';
  } catch (thrown) {
    return (thrown as RefusedAddressError).refusal;
  }
}

describe('where registries answer', () => {
  test.each<[name: string, insecure: string[], origin: string]>([
    ['docker.io', [], 'https://registry-1.docker.io'],
    ['registry.hub.docker.com', [], 'https://registry-1.docker.io'],
    ['git.jinr.ru:5005', [], 'https://git.jinr.ru:5005'],
    ['quay.io', [], 'https://quay.io'],
    ['localhost:5000', [], 'http://localhost:5000'],
    ['127.0.0.1:5000', [], 'http://127.0.0.1:5000'],
    ['127.9.8.7', [], 'http://127.9.8.7'],
    ['[::1]:5000', [], 'http://[::1]:5000'],
    ['[fe80::1]:5000', [], 'https://[fe80::1]:5000'],
    ['127.0.0.1.evil.example', [], 'https://127.0.0.1.evil.example'],
    ['localhost.evil.example', [], 'https://localhost.evil.example'],
    ['node1:5000', ['node1:5000'], 'http://node1:5000'],
    ['node1:5001', ['node1:5000'], 'https://node1:5001'],
  ])('%s (insecure: %j) at %s', (name, insecure, origin) => {
    expect(registryAddress(name, insecure).origin.origin).toBe(origin);
  });

  test.each(['git.jinr.ru:99999', '[::::]:1', '1.2.3.4.5'])('%s is no address', name => {
    expect(() => registryAddress(name)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REGISTRY',
        message: `"${name}" is not the address of a registry`,
        exitCode: 2,
      }),
    );
  });
});

describe('which addresses a registry may name', () => {
  test.each<[from: string, to: string, refusal: Refusal | 'passes']>([
    ['https://a.io/v2/', 'https://cdn.example/x?sig=1', 'passes'],
    ['https://a.io/v2/', '/other', 'passes'],
    ['https://a.io/v2/', '//b.io/other', 'passes'],
    ['https://a.io/v2/', 'http://a.io/x', 'not-https'],
    ['https://a.io/v2/', 'ftp://a.io/x', 'not-https'],
    ['https://a.io/v2/', 'file:///etc/passwd', 'not-https'],
    ['https://a.io/v2/', 'javascript:alert(1)', 'not-https'],
    ['https://a.io/v2/', 'https://127.0.0.1/x', 'loopback'],
    ['https://a.io/v2/', 'https://0x7f.1/x', 'loopback'],
    ['https://a.io/v2/', 'https://localhost:8080/x', 'loopback'],
    ['https://a.io/v2/', 'https://[::1]/x', 'loopback'],
    ['https://a.io/v2/', 'https://user@b.io/x', 'user-info'],
    ['https://a.io/v2/', 'https://a.io:secret@b.io/x', 'user-info'],
    ['https://a.io/v2/', 'https://', 'malformed'],
    ['https://a.io/v2/', 'http://b.io:99999/', 'malformed'],
    ['http://127.0.0.1:5000/v2/', 'http://127.0.0.2:6000/x', 'passes'],
    ['http://127.0.0.1:5000/v2/', 'http://b.io/x', 'not-https'],
    ['http://127.0.0.1:5000/v2/', 'https://b.io/x', 'passes'],
    ['http://node1:5000/v2/', 'http://node1:6000/x', 'passes'],
    ['http://node1:5000/v2/', 'http://node2:5000/x', 'not-https'],
    ['http://node1:5000/v2/', 'http://127.0.0.1:5000/x', 'loopback'],
  ])('from %s to %s: %s', (from, to, refusal) => {
    expect(refusalOf(() => checkedAddress(new URL(from), to, 'redirect'))).toBe(refusal);
  });

  test.each<[to: string, refusal: Refusal | 'passes']>([
    ['/v2/a/tags/list?n=2&last=b', 'passes'],
    ['https://a.io/v2/a/tags/list?last=b', 'passes'],
    ['https://a.io:443/v2/a/tags/list?last=b', 'passes'],
    ['?last=b', 'passes'],
    ['http://a.io/v2/a/tags/list?last=b', 'not-https'],
    ['https://a.io:8443/v2/a/tags/list?last=b', 'other-place'],
    ['https://b.io/v2/a/tags/list?last=b', 'other-place'],
    ['/v2/b/tags/list', 'other-place'],
    ['/v2/a/tags/list/../../../../admin', 'other-place'],
  ])('the next page %s: %s', (to, refusal) => {
    expect(refusalOf(() => checkedNextPage(new URL('https://a.io/v2/a/tags/list?n=2'), to))).toBe(refusal);
  });

  test('the address, which may hold a signature or a password, is not in the message', () => {
    const error = new RefusedAddressError(new URL('https://a.io/x?sig=1'), 'redirect', 'user-info');
    expect({ ...error, message: error.message }).toMatchObject({
      code: 'REGISTRY_ADDRESS_REFUSED',
      message: 'a.io names a redirect that is not followed: it holds a user name or password',
      hint: 'tell the people who run that registry; nothing was sent there',
      exitCode: 125,
    });
  });
});

describe('which token servers belong to a registry', () => {
  test.each<[registry: string, realm: string, own: boolean]>([
    ['https://registry-1.docker.io/', 'https://auth.docker.io/token', true],
    ['https://git.jinr.ru:5005/', 'https://git.jinr.ru/jwt/auth', true],
    ['https://git.jinr.ru:5005/', 'https://git.jinr.ru:5005/auth', true],
    ['https://ghcr.io/', 'https://ghcr.io/token', true],
    ['https://registry.gitlab.com/', 'https://gitlab.com/jwt/auth', true],
    ['https://gitlab-registry.cern.ch/', 'https://gitlab.cern.ch/jwt/auth', true],
    ['https://containers.ligo.org/', 'https://git.ligo.org/jwt/auth', true],
    ['https://git.jinr.ru:5005/', 'https://git.jinr.ru:31337/jwt/auth', false],
    ['https://git.jinr.ru:5005/', 'http://git.jinr.ru/jwt/auth', false],
    ['https://git.jinr.ru:5005/', 'https://git.jinr.ru.evil.example/', false],
    ['https://git.jinr.ru:5005/', 'https://evil.jinr.ru/', false],
    ['https://registry-1.docker.io/', 'https://auth.docker.io:8443/token', false],
    ['https://registry-1.docker.io:444/', 'https://auth.docker.io/token', false],
    ['https://evil.example/', 'https://auth.docker.io/token', false],
    ['http://127.0.0.1:5000/', 'http://127.0.0.1:6000/token', true],
    ['http://127.0.0.1:5000/', 'http://127.0.0.2:5000/token', false],
    ['http://node1:5000/', 'http://node1/token', true],
    ['http://node1:5000/', 'http://node1:6000/token', false],
    ['https://constructor/', 'https://evil.example/', false],
    ['https://registry.site.example/', 'https://login.site.example/token', true],
    ['https://registry.site.example/', 'http://login.site.example/token', false],
  ])('%s and %s: %s', (registry, realm, own) => {
    const listed = { 'registry.site.example': 'login.site.example' };
    expect(isOwnTokenServer(new URL(registry), new URL(realm), listed)).toBe(own);
  });

  test('no other host is ever one', () => {
    fc.assert(
      fc.property(
        fc.domain(),
        fc.domain(),
        fc.option(fc.integer({ min: 1, max: 65535 })),
        (one, other, port) => {
          fc.pre(one !== other);
          const end = port === null ? '' : `:${port}`;
          expect(
            isOwnTokenServer(new URL(`https://${one}${end}/`), new URL(`https://${other}${end}/x`)),
          ).toBe(false);
        },
      ),
    );
  });
});
