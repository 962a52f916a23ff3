import { describe, expect, test } from 'vitest';
import { failure } from './generated.ts';

const HEX = 'be178c0543eb17f5f3043021c9e5fcf30285e557a4fc309cce97ff9ca6182912';
const SHA256 = `sha256:${HEX}`;
const long = (letters: number) => 'a'.repeat(letters);

const PART_HINT =
  'each part begins and ends with a lower-case letter or digit, joined by one ".", one or two "_", or any number of "-"';
const REGISTRY_HINT =
  'a registry is HOST or HOST:PORT, the host of letters, digits, "-" and ".", or an IPv6 address in brackets';
const DIGEST_HINT = 'a digest is NAME@sha256: and 64 lower-case hexadecimal digits';
const ALGORITHM_HINT =
  'registries know sha256, sha384 and sha512; give the digest as the registry or `docker images --digests` prints it';
const NAME_HINT = 'give a name such as git.jinr.ru:5005/group/project:tag';
const TAG_HINT = 'a tag is made of letters, digits, "_", "." and "-" and begins with neither "." nor "-"';
const REPOSITORY_HINT = 'a repository is made of lower-case letters, digits, ".", "_", "-" and "/"';
const SIF_HINT =
  'it names a SIF file, not an OCI image: run it with apptainer itself, or give the OCI image it was made from';
const PATH_HINT =
  'an image name looks like git.jinr.ru:5005/group/project:tag; where one is only looked for, an absolute path in a CVMFS repository will do too';
const transportHint = (transport: string) =>
  `give the name it has in a registry, such as git.jinr.ru:5005/group/project:tag; an image of that name on Docker Hub is docker://${transport}:TAG`;

/** text, reason, hint, and the text as the message shows it where that differs */
const REFUSED: [string, string, string, string?][] = [
  ['', 'it is empty', `${NAME_HINT} or ubuntu:22.04`],
  ['/cvmfs/x/y:1', 'it is a path', PATH_HINT],
  ['../x', 'it is a path', PATH_HINT],
  ['./x.sif', 'it is a path', PATH_HINT],
  [':justtag', 'it names no repository', NAME_HINT],
  ['docker://', 'it names no repository', NAME_HINT],
  [`@${SHA256}`, 'a digest alone names no image', 'write NAME@sha256:… with the name of the image'],
  [SHA256, 'a digest alone names no image', 'write NAME@sha256:… with the name of the image'],
  [HEX, 'a digest alone names no image', 'write NAME@sha256:… with the name of the image'],
  // other schemes and transports
  ['oras://a.com/b:1', '"oras://" is not supported', SIF_HINT],
  ['library://u/c/i:1', '"library://" is not supported', SIF_HINT],
  ['SHUB://x/y', '"shub://" is not supported', SIF_HINT],
  ['http://localhost:5000/a:1', '"http://" is not supported', 'leave the scheme out: localhost:5000/a:1'],
  [
    'https://ubuntu:22.04',
    'no registry follows "https://"',
    'write https://REGISTRY/NAME:TAG, or only NAME:TAG',
  ],
  ['https://user/app', 'no registry follows "https://"', 'write https://REGISTRY/NAME:TAG, or only NAME:TAG'],
  [
    'docker-daemon:ubuntu:1',
    '"docker-daemon:" names a local store or file, not an image in a registry',
    transportHint('docker-daemon'),
  ],
  ['oci:/tmp/x', '"oci:" names a local store or file, not an image in a registry', transportHint('oci')],
  ['oci:latest', '"oci:" names a local store or file, not an image in a registry', transportHint('oci')],
  // registries
  ['localhost:http/name', '"localhost:http" is not a registry\'s name', REGISTRY_HINT],
  ['do__cker:8080/docker', '"do__cker:8080" is not a registry\'s name', REGISTRY_HINT],
  ['foo_bar.com/x', '"foo_bar.com" is not a registry\'s name', REGISTRY_HINT],
  ['-docker.io/docker', '"-docker.io" is not a registry\'s name', REGISTRY_HINT],
  ['ab-.com/x', '"ab-.com" is not a registry\'s name', REGISTRY_HINT],
  ['fc00::1:5000/debian', '"fc00::1:5000" is not a registry\'s name', REGISTRY_HINT],
  ['[fd00:1:2::3]75050/a', '"[fd00:1:2::3]75050" is not a registry\'s name', REGISTRY_HINT],
  ['[fe80::1%eth0]:5000/repo', '"[fe80::1%eth0]:5000" is not a registry\'s name', REGISTRY_HINT],
  ['[2001:db8::1]', '"[" at character 1 does not belong in a repository', REPOSITORY_HINT],
  ['foo.com/', 'it names no repository', NAME_HINT],
  // repositories
  ['a//b', 'a part of the name is missing at character 3', NAME_HINT],
  ['docker/', 'a part of the name is missing at character 8', NAME_HINT],
  [
    'Uppercase:tag',
    'upper-case letter "U" at character 1 in the repository',
    'repositories are lower-case: try uppercase:tag',
  ],
  [
    'docker/Docker:Tag',
    'upper-case letter "D" at character 8 in the repository',
    'repositories are lower-case: try docker/docker:Tag',
  ],
  [
    'JeffersonLab/Gluex:Tag',
    'upper-case letter "G" at character 14 in the repository',
    'repositories are lower-case: try jeffersonlab/gluex:Tag',
  ],
  [
    'docker://Some/aB',
    'upper-case letter "B" at character 16 in the repository',
    'repositories are lower-case: try docker://some/ab',
  ],
  [
    'docker://a.com:50/x/aB',
    'upper-case letter "B" at character 22 in the repository',
    'repositories are lower-case: try docker://a.com:50/x/ab',
  ],
  ['-foo', '"-foo" at character 1 is not a part of a repository\'s name', PART_HINT],
  ['a.com/foo-/bar', '"foo-" at character 7 is not a part of a repository\'s name', PART_HINT],
  ['a/b..c', '"b..c" at character 3 is not a part of a repository\'s name', PART_HINT],
  ['a/../b', '".." at character 3 is not a part of a repository\'s name', PART_HINT],
  ['a/b___c', '"b___c" at character 3 is not a part of a repository\'s name', PART_HINT],
  ['a/b_.c', '"b_.c" at character 3 is not a part of a repository\'s name', PART_HINT],
  ['aa/asdf$$^/aa', '"$" at character 8 does not belong in a repository', REPOSITORY_HINT],
  [' ubuntu', '" " at character 1 does not belong in a repository', REPOSITORY_HINT],
  ['ubuntu\n', '" " at character 7 does not belong in a repository', REPOSITORY_HINT, 'ubuntu '],
  ['a\u001b[31mb', '"?" at character 2 does not belong in a repository', REPOSITORY_HINT, 'a?[31mb'],
  ['a/\u{1f40b}', '"\u{1f40b}" at character 3 does not belong in a repository', REPOSITORY_HINT],
  [
    `a/${long(300)}`,
    'the repository has 302 characters, at most 255 are allowed',
    'shorten the repository',
    `a/${long(115)}...`,
  ],
  [
    long(248),
    'the repository has 256 characters, at most 255 are allowed',
    'shorten the repository',
    `${long(117)}...`,
  ],
  // tags and digests
  ['a:', 'nothing follows ":"', 'give a tag, or leave ":" out to mean the tag "latest"'],
  ['a:-x', '"-" at character 3 does not belong in a tag', TAG_HINT],
  ['a:.x', '"." at character 3 does not belong in a tag', TAG_HINT],
  ['a:x~y', '"~" at character 4 does not belong in a tag', TAG_HINT],
  ['a:x:y', '":" at character 4 does not belong in a tag', TAG_HINT],
  [
    `a:${long(129)}`,
    'the tag has 129 characters, at most 128 are allowed',
    'shorten the tag',
    `a:${long(115)}...`,
  ],
  [`a.com/b/c:${SHA256}`, 'a digest stands where the tag belongs', `write a.com/b/c@${SHA256}`],
  ['a@', 'what follows "@" is not a digest', DIGEST_HINT],
  [
    `validname@invaliddigest:${'f'.repeat(36)}`,
    'unsupported digest algorithm "invaliddigest"',
    ALGORITHM_HINT,
  ],
  [`a.com/b:1@sha265:${HEX}`, 'unsupported digest algorithm "sha265"', ALGORITHM_HINT],
  [
    `a@tarsum.v1+blake3:${'aB'.repeat(16)}`,
    'unsupported digest algorithm "tarsum.v1+blake3"',
    ALGORITHM_HINT,
  ],
  ['a@bad', 'what follows "@" is not a digest', DIGEST_HINT],
  [
    'a@sha256:badbadbadbad',
    'its sha256 digest has 12 digits, not 64',
    'give the whole digest, as the registry or `docker images --digests` prints it',
  ],
  [
    `a@sha512:${HEX}`,
    'its sha512 digest has 64 digits, not 128',
    'give the whole digest, as the registry or `docker images --digests` prints it',
  ],
  [`a@sha256:${HEX.toUpperCase()}`, 'its digest has upper-case letters', DIGEST_HINT],
  [`a@SHA256:${HEX}`, 'its digest has upper-case letters', DIGEST_HINT],
  [`a@md5:${'0'.repeat(31)}`, 'what follows "@" is not a digest', DIGEST_HINT],
  // secrets are not repeated
  [
    'https://me:hunter2@a.com/b:1',
    'a user name or password stands before "@"',
    'leave it out: log in to the registry with docker login or podman login',
    'https://***@a.com/b:1',
  ],
  [
    'me:hunter2@a.com/b:1',
    'a user name or password stands before "@"',
    'leave it out: log in to the registry with docker login or podman login',
    '***@a.com/b:1',
  ],
  ['oras://me:hunter2@a.com/b:1', '"oras://" is not supported', SIF_HINT, 'oras://***@a.com/b:1'],
];

describe('parseReference refuses', () => {
  test.each(REFUSED)('%j', (text, reason, hint, shown = text) => {
    expect(failure(text)).toEqual({
      name: 'InvalidReferenceError',
      code: 'INVALID_REFERENCE',
      message: `invalid image reference "${shown}": ${reason}`,
      hint,
      exitCode: 2,
    });
  });
});
