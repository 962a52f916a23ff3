import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChallenges, parseScopes, pullScopes } from '../../src/registry/challenge.ts';

const read = (fields: string[]) =>
  parseChallenges(fields).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('challenges as registries send them', () => {
  test.each<[what: string, fields: string[], expected: unknown]>([
    [
      'Docker Hub',
      [
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/ubuntu:pull"',
      ],
      [
        [
          'bearer',
          {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:library/ubuntu:pull',
          },
        ],
      ],
    ],
    [
      'GitLab, with a comma in a quoted string',
      [
        'Bearer realm="https://git.jinr.ru/jwt/auth",service="container_registry",scope="repository:nica/docker-images/bmn:pull,push",error="invalid_token"',
      ],
      [
        [
          'bearer',
          {
            realm: 'https://git.jinr.ru/jwt/auth',
            service: 'container_registry',
            scope: 'repository:nica/docker-images/bmn:pull,push',
            error: 'invalid_token',
          },
        ],
      ],
    ],
    ['a web server in front', ['Basic realm="Registry Realm"'], [['basic', { realm: 'Registry Realm' }]]],
    [
      'words without quotes',
      ['bearer Realm=https, Service=x'],
      [['bearer', { realm: 'https', service: 'x' }]],
    ],
    [
      'two in one field',
      ['Basic realm="a", Bearer realm="https://b/token",service="c"'],
      [
        ['basic', { realm: 'a' }],
        ['bearer', { realm: 'https://b/token', service: 'c' }],
      ],
    ],
    [
      'one in each of two fields',
      ['Negotiate', 'Basic realm="x"'],
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [
      'a token68',
      ['Negotiate YII=, Basic realm="x"'],
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    ['escapes', ['Basic realm="a \\"b\\" \\\\"'], [['basic', { realm: 'a "b" \\' }]]],
    [
      'a name given twice',
      ['Bearer realm="https://good/", realm="https://evil/"'],
      [['bearer', { realm: 'https://good/' }]],
    ],
    ['nothing', ['', ' , ,'], []],
    ['a quote that is never closed', ['Bearer realm="https://x'], [['bearer', {}]]],
    ['no scheme', ['="x"'], []],
  ])('%s', (_what, fields, expected) => {
    expect(read(fields)).toEqual(expected);
  });

  test('a written challenge is read back', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
    const challenge = fc.tuple(
      name,
      fc.dictionary(name, fc.string({ maxLength: 20 }), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    );
    fc.assert(
      fc.property(fc.array(challenge, { minLength: 1, maxLength: 3 }), challenges => {
        const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
        const field = challenges
          .map(
            ([scheme, map]) =>
              `${scheme} ${Object.entries(map)
                .map(([key, value]) => `${key}=${quoted(value)}`)
                .join(', ')}`,
          )
          .join(', ');
        expect(read([field])).toEqual(challenges.map(([scheme, map]) => [scheme, { ...map }]));
      }),
    );
  });

  test('whatever is sent is read without a failure', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 4 }),
        fields => void parseChallenges(fields),
      ),
    );
  });
});

describe('scopes', () => {
  test.each<[text: string, expected: unknown]>([
    [
      'repository:samalba/my-app:pull,push',
      [{ type: 'repository', name: 'samalba/my-app', actions: ['pull', 'push'] }],
    ],
    ['repository(plugin):a/b:pull', [{ type: 'repository(plugin)', name: 'a/b', actions: ['pull'] }]],
    [
      'repository:example.com:5000/a/b:pull',
      [{ type: 'repository', name: 'example.com:5000/a/b', actions: ['pull'] }],
    ],
    [
      'registry:catalog:* repository:a:',
      [
        { type: 'registry', name: 'catalog', actions: ['*'] },
        { type: 'repository', name: 'a', actions: [''] },
      ],
    ],
    ['aws', []],
    ['repository:a/B:pull', []],
    ['repository:a/b:pull\n', []],
    ['', []],
  ])('%j', (text, expected) => {
    expect(parseScopes(text)).toEqual(expected);
  });

  test.each<[challenged: string, asked: string[]]>([
    ['', ['repository:a/b:pull']],
    ['aws', ['repository:a/b:pull']],
    ['repository:a/b:pull', ['repository:a/b:pull']],
    ['repository:a/b:push,pull,delete', ['repository:a/b:pull']],
    ['repository:mirror/a/b:pull registry:catalog:*', ['repository:mirror/a/b:pull']],
    ['repository:a/b:push', ['repository:a/b:pull']],
    [
      'abcdefghij'.replace(/./g, 'repository:$&:pull '),
      [...'abcdefgh'].map(name => `repository:${name}:pull`),
    ],
    ['repository:x:pull repository:x:pull repository:y:pull', ['repository:x:pull', 'repository:y:pull']],
  ])('for %j jcds asks for %j', (challenged, asked) => {
    expect(pullScopes(challenged, 'a/b')).toEqual(asked);
  });

  test('whatever is demanded, nothing but pull on repositories is asked for', () => {
    const action = fc.constantFrom('pull', 'push', 'delete', '*', '');
    const scope = fc.tuple(
      fc.constantFrom('repository', 'registry', 'repository(x)', 'admin'),
      fc.constantFrom('a', 'a/b', 'h.io:1/c', 'A'),
      fc.array(action, { maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 20 }), scopes => {
        const asked = pullScopes(
          scopes.map(([type, name, actions]) => `${type}:${name}:${actions.join(',')}`).join(' '),
          'own/one',
        );
        expect(asked.every(text => /^repository(\(x\))?:[^ ]+:pull$/.test(text))).toBe(true);
        expect(asked.length).toBeGreaterThan(0);
        expect(asked.length).toBeLessThanOrEqual(8);
      }),
    );
  });
});
