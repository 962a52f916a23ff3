import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJcdsError } from '../../src/errors.ts';
import { formatPlatform, parsePlatform } from '../../src/image/platform.ts';

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['amd64', 'linux/amd64'],
  ['x86_64', 'linux/amd64'],
  ['x64', 'linux/amd64'],
  ['linux/amd64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['arm64', 'linux/arm64/v8'],
  ['aarch64', 'linux/arm64/v8'],
  ['arm64:v8', 'linux/arm64/v8'],
  ['Linux/ARM64/v8', 'linux/arm64/v8'],
  ['linux/arm/v6', 'linux/arm/v6'],
  ['armv7l', 'linux/arm/v7'],
  ['arm', 'linux/arm/v7'],
  ['i686', 'linux/386'],
  ['ppc64le', 'linux/ppc64le'],
  ['s390x', 'linux/s390x'],
  ['riscv64', 'linux/riscv64'],
])('%s is %s', (text, expected) => {
  expect(formatPlatform(parsePlatform(text))).toBe(expected);
  expect(parsePlatform(expected)).toEqual(parsePlatform(text));
});

test.each([
  ['windows/amd64', 'windows/amd64'],
  ['', ''],
  ['linux', 'linux'],
  ['../x', '../x'],
  ['linux/arm64/v8/x', 'linux/arm64/v8/x'],
  ['constructor/v8x', 'constructor/v8x'],
  ['amd64\u001b[1m', 'amd64?[1m'],
])('%j is refused', (text, shown) => {
  expect(failure(text)).toEqual({
    code: 'INVALID_PLATFORM',
    message: `"${shown}" is not a platform that Linux images have`,
    hint: 'write linux/amd64, linux/arm64, or the name that `uname -m` prints',
    exitCode: 2,
  });
});

test('whatever the text, only InvalidPlatformError is thrown and an architecture is a plain word', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toString', 'valueOf', 'linux/__proto__')),
      text => {
        const result = failure(text) as { architecture?: string };
        if (result.architecture !== undefined) expect(result.architecture).toMatch(/^[a-z0-9]+$/);
      },
    ),
  );
});

function failure(text: string): object {
  try {
    return parsePlatform(text);
  } catch (error) {
    if (!isJcdsError(error)) throw error;
    const { code, message, hint, exitCode } = error;
    return { code, message, hint, exitCode };
  }
}
