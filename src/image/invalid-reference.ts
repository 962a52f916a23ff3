import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { DigestProblem } from './digest.ts';

/** Why a text is no image reference. `at` counts UTF-16 units from the start of the text as it was typed. */
export type ReferenceProblem =
  | { kind: 'empty' }
  | { kind: 'path' }
  | { kind: 'credentials' }
  | { kind: 'sif-scheme'; scheme: string }
  | { kind: 'scheme'; scheme: string; rest: string }
  | { kind: 'transport'; transport: string }
  | { kind: 'no-registry'; scheme: string }
  | { kind: 'no-repository' }
  | { kind: 'digest-alone' }
  | { kind: 'digest-as-tag'; suggestion: string }
  | { kind: 'registry'; registry: string }
  | { kind: 'empty-component'; at: number }
  | { kind: 'component'; component: string; at: number }
  | { kind: 'upper-case'; letter: string; at: number; suggestion: string }
  | { kind: 'empty-tag' }
  | { kind: 'character'; part: 'repository' | 'tag'; character: string; at: number }
  | { kind: 'too-long'; part: 'repository' | 'tag'; length: number; limit: number }
  | DigestProblem;

const EXAMPLE = 'git.jinr.ru:5005/group/project:tag';
const SIF_HINT =
  'it names a SIF file, not an OCI image: run it with apptainer itself, or give the OCI image it was made from';
const DIGEST_HINT = 'a digest is NAME@sha256: and 64 lower-case hexadecimal digits';

/** The reason as the end of a sentence, and what to do; texts in it are not yet cleaned. */
function explain(problem: ReferenceProblem): [reason: string, hint: string] {
  switch (problem.kind) {
    case 'empty':
      return ['it is empty', `give a name such as ${EXAMPLE} or ubuntu:22.04`];
    case 'path':
      return [
        'it is a path',
        `an image name looks like ${EXAMPLE}; where one is only looked for, an absolute path in a CVMFS repository will do too`,
      ];
    case 'credentials':
      return [
        'a user name or password stands before "@"',
        'leave it out: log in to the registry with docker login or podman login',
      ];
    case 'sif-scheme':
      return [`"${problem.scheme}" is not supported`, SIF_HINT];
    case 'scheme':
      return [`"${problem.scheme}" is not supported`, `leave the scheme out: ${problem.rest || EXAMPLE}`];
    case 'transport':
      return [
        `"${problem.transport}:" names a local store or file, not an image in a registry`,
        `give the name it has in a registry, such as ${EXAMPLE}; an image of that name on Docker Hub is docker://${problem.transport}:TAG`,
      ];
    case 'no-registry':
      return [
        `no registry follows "${problem.scheme}"`,
        `write ${problem.scheme}REGISTRY/NAME:TAG, or only NAME:TAG`,
      ];
    case 'no-repository':
      return ['it names no repository', `give a name such as ${EXAMPLE}`];
    case 'digest-alone':
      return ['a digest alone names no image', 'write NAME@sha256:… with the name of the image'];
    case 'digest-as-tag':
      return ['a digest stands where the tag belongs', `write ${problem.suggestion}`];
    case 'registry':
      return [
        `"${problem.registry}" is not a registry's name`,
        'a registry is HOST or HOST:PORT, the host of letters, digits, "-" and ".", or an IPv6 address in brackets',
      ];
    case 'empty-component':
      return [
        `a part of the name is missing at character ${problem.at + 1}`,
        `give a name such as ${EXAMPLE}`,
      ];
    case 'component':
      return [
        `"${problem.component}" at character ${problem.at + 1} is not a part of a repository's name`,
        'each part begins and ends with a lower-case letter or digit, joined by one ".", one or two "_", or any number of "-"',
      ];
    case 'upper-case':
      return [
        `upper-case letter "${problem.letter}" at character ${problem.at + 1} in the repository`,
        `repositories are lower-case: try ${problem.suggestion}`,
      ];
    case 'empty-tag':
      return ['nothing follows ":"', 'give a tag, or leave ":" out to mean the tag "latest"'];
    case 'character':
      return [
        `"${problem.character}" at character ${problem.at + 1} does not belong in a ${problem.part}`,
        problem.part === 'tag'
          ? 'a tag is made of letters, digits, "_", "." and "-" and begins with neither "." nor "-"'
          : 'a repository is made of lower-case letters, digits, ".", "_", "-" and "/"',
      ];
    case 'too-long':
      return [
        `the ${problem.part} has ${problem.length} characters, at most ${problem.limit} are allowed`,
        `shorten the ${problem.part}`,
      ];
    case 'digest-shape':
      return ['what follows "@" is not a digest', DIGEST_HINT];
    case 'digest-algorithm':
      return [
        `unsupported digest algorithm "${problem.algorithm}"`,
        'registries know sha256, sha384 and sha512; give the digest as the registry or `docker images --digests` prints it',
      ];
    case 'digest-algorithm-case':
    case 'digest-case':
      return ['its digest has upper-case letters', DIGEST_HINT];
    case 'digest-length':
      return [
        `its ${problem.algorithm} digest has ${problem.length} digits, not ${problem.expected}`,
        'give the whole digest, as the registry or `docker images --digests` prints it',
      ];
    default:
      return problem satisfies never;
  }
}

/** What may be a password stays out of messages: all before the last `@` that a slash follows. */
function withoutCredentials(text: string): string {
  const at = text.lastIndexOf('@');
  if (at < 0 || !text.includes('/', at)) return text;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? '';
  return `${scheme}***${text.slice(at)}`;
}

/** A text that was given as an image and is none. */
export class InvalidReferenceError extends JcdsError {
  readonly problem: ReferenceProblem;

  constructor(text: string, problem: ReferenceProblem) {
    const [reason, hint] = explain(problem);
    super({
      code: 'INVALID_REFERENCE',
      message: `invalid image reference "${safeText(withoutCredentials(text), 120)}": ${safeText(reason)}`,
      hint: safeText(hint, 300),
    });
    this.problem = problem;
  }
}
