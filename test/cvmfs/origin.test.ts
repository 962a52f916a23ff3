import { expect, test } from 'vitest';
import { judgeOrigin, RegistryMismatchError } from '../../src/cvmfs/origin.ts';
import { parseReference } from '../../src/image/reference.ts';
import { cern } from '../../src/repositories/layouts/cern.ts';
import { osg } from '../../src/repositories/layouts/osg.ts';
import type { ImageFacts } from '../../src/rootfs/facts.ts';

const docker = (from: string): ImageFacts['origin'] => ({ bootstrap: 'docker', from });

test.each<[string, ImageFacts['origin'], 'agrees' | 'registry-mismatch' | 'ambiguous-registry']>([
  ['git.jinr.ru:5005/a/b:1', docker('git.jinr.ru:5005/a/b:1'), 'agrees'],
  ['git.jinr.ru:5005/a/b:1', docker('git.jinr.ru:5005/a/b:2'), 'agrees'],
  ['GIT.jinr.ru:5005/a/b:1', docker('git.JINR.ru:5005/a/b:1'), 'agrees'],
  ['git.jinr.ru:5005/a/b:1', docker('//git.jinr.ru:5005/a/b:1'.slice(2)), 'agrees'],
  ['git.jinr.ru:5005/a/b:1', docker('git.jinr.ru/a/b:1'), 'registry-mismatch'],
  // A record without a registry is Docker Hub's.
  ['git.jinr.ru:5005/a/b:1', docker('a/b:1'), 'registry-mismatch'],
  ['docker.io/a/b:1', docker('a/b:1'), 'agrees'],
  ['registry.hub.docker.com/library/debian', docker('debian:12'), 'agrees'],
  ['docker.io/a/b:1', docker('ghcr.io/a/b:1'), 'registry-mismatch'],
  ['quay.io/a/b:1', docker('registry.hub.docker.com/a/b:1'), 'registry-mismatch'],
  // Without a record nothing is known.
  ['git.jinr.ru:5005/a/b:1', null, 'ambiguous-registry'],
  [
    'git.jinr.ru:5005/a/b:1',
    { bootstrap: 'localimage', from: '/tmp/git.jinr.ru:5005/a/b:1' },
    'ambiguous-registry',
  ],
  ['git.jinr.ru:5005/a/b:1', { bootstrap: 'oci', from: 'quay.io/a/b:1' }, 'ambiguous-registry'],
  ['git.jinr.ru:5005/a/b:1', docker('No Image At All!'), 'ambiguous-registry'],
  // No registry was typed: whatever the layout holds.
  ['a/b:1', docker('ghcr.io/a/b:1'), 'agrees'],
  ['debian', null, 'agrees'],
])('%s with the record %j: %s', (typed, origin, expected) => {
  expect(judgeOrigin(parseReference(typed), osg, origin)?.code ?? 'agrees').toBe(expected);
  expect(judgeOrigin(parseReference(typed), cern, origin)).toBeNull();
});

test('the whole words', () => {
  const reference = parseReference('git.jinr.ru:5005/a/b:1');
  const mismatch = judgeOrigin(reference, osg, docker('a/b:1'))!;
  expect(mismatch).toEqual({
    code: 'registry-mismatch',
    message:
      "the published a/b was made from Docker Hub, not from git.jinr.ru:5005: this repository's paths hold no registry",
    evidence: '.singularity.d/Singularity in the image says from: a/b:1',
    hint: 'ask for a/b:1 if that is meant; to take it all the same, give --any-registry',
  });
  const { code, message, hint, exitCode } = new RegistryMismatchError({
    ...mismatch,
    evidence: 'from: \u001b[2Jx',
  });
  expect({ code, message, hint, exitCode }).toEqual({
    code: 'REGISTRY_MISMATCH',
    message: `${mismatch.message} (from: ?[2Jx)`,
    hint: mismatch.hint,
    exitCode: 1,
  });
  expect(judgeOrigin(reference, osg, null)).toEqual({
    code: 'ambiguous-registry',
    message: "nothing says that a/b comes from git.jinr.ru:5005: this repository's paths hold no registry",
    evidence: 'the image has no record of its origin (.singularity.d/Singularity, labels.json)',
    hint: 'compare it with the registry: jcds status --check-registry IMAGE',
  });
  expect(judgeOrigin(reference, osg, { bootstrap: 'yum', from: 'x' })!.evidence).toBe(
    "the image's record says bootstrap: yum, from: x, which names no registry",
  );
});
