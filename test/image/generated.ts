import fc from 'fast-check';
import { isJcdsError } from '../../src/errors.ts';
import { parseReference, type Reference } from '../../src/image/reference.ts';

const words = fc.stringMatching(/^[a-z0-9]{1,5}$/);
const separators = fc.constantFrom('.', '_', '__', '-', '--', '---');

const components = fc
  .tuple(words, fc.array(fc.tuple(separators, words), { maxLength: 2 }))
  .map(([first, rest]) => first + rest.flat().join(''));

export const hexDigests = fc.stringMatching(/^[0-9a-f]{64}$/).map(hex => `sha256:${hex}`);

export const registries = fc.oneof(
  fc.constantFrom(
    'docker.io',
    'git.jinr.ru:5005',
    'gitlab-registry.cern.ch',
    'localhost',
    'localhost:5000',
    'Foo',
  ),
  fc.constantFrom(
    'quay.io',
    '10.0.0.1',
    '10.0.0.1:80',
    '[::1]',
    '[2001:db8::1]:5000',
    'xn--n3h.com',
    'a:1',
    'oci:5000',
  ),
);

const names = fc.oneof(
  fc.array(components, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/')),
  fc.constantFrom('oci', 'dir', 'localhost/x', 'foo.com/x', 'sha256', `${'ab'.repeat(32)}`),
);
const tags = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}$/);

/** References as parseReference makes them. */
export const references: fc.Arbitrary<Reference> = fc
  .record({
    registry: registries,
    registryTyped: fc.boolean(),
    name: names,
    tag: fc.option(tags),
    digest: fc.option(hexDigests),
  })
  .map(({ registry, registryTyped, name, tag, digest }) => {
    const first = name.split('/')[0]!;
    const bare =
      registry === 'docker.io' && !registryTyped && !(name.includes('/') && /\.|^localhost$/.test(first));
    return {
      registry,
      registryTyped: !bare,
      repository: registry === 'docker.io' && !name.includes('/') ? `library/${name}` : name,
      tag: tag ?? (digest === null ? 'latest' : null),
      digest,
      tagTyped: tag !== null,
    };
  });

/** What parseReference makes of a text: `{accepted}`, or all that the error says. Lets bugs through. */
export function failure(text: string): object {
  try {
    return { accepted: parseReference(text) };
  } catch (error) {
    if (!isJcdsError(error)) throw error;
    const { name, code, message, hint, exitCode } = error;
    return { name, code, message, hint, exitCode };
  }
}
