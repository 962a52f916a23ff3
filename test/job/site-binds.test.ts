import { describe, expect, test } from 'vitest';
import { siteBinds } from '../../src/job/site-binds.ts';

const bind = (source: string, destination = source, mode = 'rw') => ({ source, destination, mode });

/** Tried with Apptainer 1.4.5: of one place it shows what it read first, so the strongest stands last here. */
test.each([
  [{}, []],
  [{ APPTAINER_BIND: '/eos' }, [bind('/eos')]],
  [{ SINGULARITY_BINDPATH: '/eos,/lustre:/data:ro' }, [bind('/lustre', '/data', 'ro'), bind('/eos')]],
  [{ APPTAINER_BIND: ' /eos , /lustre ,' }, [bind('/lustre'), bind('/eos')]],
  [{ APPTAINER_BIND: '/a:/x:ro,rw,/b' }, [bind('/b'), bind('/a', '/x', 'ro')]],
  [{ APPTAINER_BIND: 'a\\:b\\,c:/x' }, [bind('/home/me/a:b,c', '/x')]],
  [{ APPTAINER_BIND: '/eos/' }, [bind('/eos')]],
  [
    { APPTAINER_BIND: '/a', SINGULARITY_BIND: '/b', APPTAINER_BINDPATH: '/c', SINGULARITY_BINDPATH: '/d' },
    [bind('/c'), bind('/a')],
  ],
  [{ APPTAINER_BIND: '', SINGULARITY_BIND: '/b' }, []],
  [{ APPTAINER_BINDPATH: '/a', SINGULARITY_BIND: '/b' }, [bind('/b'), bind('/a')]],
  [
    { APPTAINER_BIND: '/a:/x', APPTAINER_MOUNT: 'type=bind,src=/b,dst=/x,ro' },
    [bind('/b', '/x', 'ro'), bind('/a', '/x')],
  ],
])('%j', (environment, expected) => {
  expect(siteBinds(environment, '/home/me')).toEqual(expected);
});

describe('what Apptainer would not start with, or no other runtime can show, is named', () => {
  test.each([
    [{ APPTAINER_BIND: '/a:/x:foo' }, 'APPTAINER_BIND "/a:/x:foo": "foo" is neither ro nor rw'],
    [{ SINGULARITY_BIND: '/a:x' }, 'SINGULARITY_BIND "/a:x": the place inside, "x", must be absolute'],
    [{ APPTAINER_BINDPATH: ':/x' }, 'APPTAINER_BINDPATH ":/x": names no source'],
    [{ APPTAINER_BIND: '/a:/b:ro:rw' }, 'APPTAINER_BIND "/a:/b:ro:rw": has more than three parts'],
    [
      { APPTAINER_BIND: '/a.sif:/b:image-src=/x' },
      'APPTAINER_BIND "/a.sif:/b:image-src=/x": image files are shown by no runtime but Apptainer: give it by --runtime-arg',
    ],
    [
      { APPTAINER_MOUNT: 'type=tmpfs,dst=/x' },
      'APPTAINER_MOUNT "type=tmpfs,dst=/x": only type=bind is possible',
    ],
  ])('%j', (environment, message) => {
    expect(() => siteBinds(environment, '/')).toThrow(
      expect.objectContaining({ code: 'INVALID_BIND', message }),
    );
  });
});
