import { describe, expect, test } from 'vitest';
import { parseBind, parseMount } from '../../src/job/bind-spec.ts';

const HINT =
  'jcds run --bind SRC[:DST[:ro|rw]], or --mount type=bind,src=SRC,dst=DST[,ro] for names with colons';

describe('--bind', () => {
  test.each([
    ['/eos', { source: '/eos', destination: '/eos', mode: 'rw' }],
    ['/eos:/data', { source: '/eos', destination: '/data', mode: 'rw' }],
    ['/eos:/data:ro', { source: '/eos', destination: '/data', mode: 'ro' }],
    ['/eos::ro', { source: '/eos', destination: '/eos', mode: 'ro' }],
    ['data:/d', { source: '/work dir/data', destination: '/d', mode: 'rw' }],
    ['.', { source: '/work dir', destination: '/work dir', mode: 'rw' }],
    ['/a b:/c d//e/', { source: '/a b', destination: '/c d/e', mode: 'rw' }],
    ['/a:/b/../c', { source: '/a', destination: '/c', mode: 'rw' }],
    ['/caf\udce9:/x', { source: '/caf\udce9', destination: '/x', mode: 'rw' }],
  ])('%j', (spec, expected) => {
    expect(parseBind(spec, '/work dir')).toEqual(expected);
  });

  test.each([
    ['', '--bind "": names no source'],
    [':/x', '--bind ":/x": names no source'],
    ['/a:b', '--bind "/a:b": the place inside, "b", must be absolute'],
    ['/a:/b:rx', '--bind "/a:/b:rx": "rx" is neither ro nor rw'],
    ['/a:/b:ro:z', '--bind "/a:/b:ro:z": has more than three parts; a name with a colon needs --mount'],
    ['/a:/', '--bind "/a:/": the root of the image cannot be replaced'],
    ['/a:/x/..', '--bind "/a:/x/..": the root of the image cannot be replaced'],
  ])('%j is refused', (spec, message) => {
    expect(() => parseBind(spec, '/')).toThrow(
      expect.objectContaining({ code: 'INVALID_BIND', message, hint: HINT, exitCode: 2 }),
    );
  });
});

describe('--mount', () => {
  test.each([
    ['type=bind,src=/a:b,dst=/c', { source: '/a:b', destination: '/c', mode: 'rw' }],
    ['src=/a,target=/c,ro', { source: '/a', destination: '/c', mode: 'ro' }],
    ['source=/a,destination=/c,readonly=true', { source: '/a', destination: '/c', mode: 'ro' }],
    ['src=/a,dst=/c,readonly=false', { source: '/a', destination: '/c', mode: 'rw' }],
    ['type=bind,"src=/a,b",dst=/c', { source: '/a,b', destination: '/c', mode: 'rw' }],
    ['src="/a ""q""",dst=/c', { source: '/a "q"', destination: '/c', mode: 'rw' }],
    ['src=/a', { source: '/a', destination: '/a', mode: 'rw' }],
  ])('%j', (spec, expected) => {
    expect(parseMount(spec, '/')).toEqual(expected);
  });

  test.each([
    ['type=tmpfs,dst=/x', '--mount "type=tmpfs,dst=/x": only type=bind is possible'],
    [
      'src=/a,dst=/b,propagation=shared',
      '--mount "src=/a,dst=/b,propagation=shared": unknown field "propagation"',
    ],
    ['dst=/b', '--mount "dst=/b": names no source'],
  ])('%j is refused', (spec, message) => {
    expect(() => parseMount(spec, '/')).toThrow(
      expect.objectContaining({ code: 'INVALID_BIND', message, exitCode: 2 }),
    );
  });
});
