import type { ImageFacts } from './facts.ts';

/** Something that is published and will not work as an image should. Texts are not yet cleaned for a terminal. */
export interface Defect {
  readonly part: 'metadata' | 'shell' | 'architecture' | 'reading' | 'mount-points';
  readonly message: string;
  /** What was seen that says so. */
  readonly evidence: string;
  /** The cure. */
  readonly hint: string;
}

/** Every runtime mounts something there; without the directory some cannot. */
const MOUNT_POINTS = ['dev', 'proc', 'sys', 'tmp'];

/**
 * What is wrong with an unpacked image, worst first. `architectures` are those that this host runs; `unreadable` are
 * paths in the image that this user may not read. Mount points are judged where `/` was listed.
 */
export function defects(
  facts: ImageFacts,
  architectures: readonly string[],
  unreadable: readonly string[] = [],
): readonly Defect[] {
  return [
    architectureDefect(facts, architectures),
    shellDefect(facts),
    readingDefect(unreadable),
    metadataDefect(facts),
    addresseeDefect(facts),
    mountPointDefect(facts),
  ].filter(defect => defect !== null);
}

function architectureDefect({ architecture }: ImageFacts, architectures: readonly string[]): Defect | null {
  if (architecture === null || architectures.includes(architecture)) return null;
  const own = architectures[0] ?? 'unknown';
  return {
    part: 'architecture',
    message: `its programs are for ${architecture}, and this host is ${own}`,
    evidence: `/bin/sh in the image is a program for ${architecture}`,
    hint: `choose an image that is published for this host (--platform linux/${own}), or run it on a host that is ${architecture}`,
  };
}

function shellDefect({ hasShell }: ImageFacts): Defect | null {
  if (hasShell) return null;
  return {
    part: 'shell',
    message: 'it has no shell, without which Apptainer starts nothing in it',
    evidence: '/bin/sh is not in the image, or cannot be executed',
    hint: 'start its program directly, with a runtime that needs no shell: jcds exec --runtime bubblewrap IMAGE PROGRAM',
  };
}

function readingDefect(unreadable: readonly string[]): Defect | null {
  if (unreadable.length === 0) return null;
  const more = unreadable.length > 3 ? ` and ${unreadable.length - 3} more` : '';
  return {
    part: 'reading',
    message: 'parts of it may not be read by you',
    evidence: `no permission to read ${unreadable.slice(0, 3).join(', ')}${more}`,
    hint: 'CVMFS shows every file as another account’s: whoever builds the image must make its files readable by all (chmod -R a+rX) and publish it anew',
  };
}

/** Beside ENV files without it, Apptainer drops what is addressed to the container (measured with 1.4.5). */
const ADDRESSEE = 'env/99-base.sh';

/** The parts of `.singularity.d` whose loss leaves ENV or the start command unknown; none where they are there. */
export function lostRecords({
  singularityMissing,
  config,
}: Pick<ImageFacts, 'singularityMissing' | 'config'>): readonly string[] {
  if (singularityMissing === null) return config.source === 'config-json' ? [] : ['.singularity.d'];
  return singularityMissing.filter(part => part !== ADDRESSEE).map(part => `.singularity.d/${part}`);
}

function metadataDefect(facts: ImageFacts): Defect | null {
  const lost = lostRecords(facts).join(', ');
  if (lost === '') return null;
  return {
    part: 'metadata',
    message: `it has no ${lost}: what it sets in its environment or starts by itself is not known`,
    evidence: `there is no ${lost} in the image; clean-ups of 2026 took it from some (github.com/cvmfs/cvmfs/issues/4208)`,
    hint: 'name the command and set variables yourself (jcds exec --env NAME=VALUE IMAGE COMMAND), and tell the people who run the repository',
  };
}

function addresseeDefect({ singularityMissing }: ImageFacts): Defect | null {
  if (singularityMissing?.includes(ADDRESSEE) !== true) return null;
  return {
    part: 'metadata',
    message: `it has no .singularity.d/${ADDRESSEE}, without which Apptainer sets no PATH or HOME that you ask for`,
    evidence: `there is no .singularity.d/${ADDRESSEE} in the image`,
    hint: 'use another runtime where you set such variables: --runtime bubblewrap or --runtime unshare',
  };
}

function mountPointDefect({ directories }: ImageFacts): Defect | null {
  const names = directories['/']?.map(({ name }) => name);
  if (names === undefined) return null;
  const missing = MOUNT_POINTS.filter(name => !names.includes(name)).map(name => `/${name}`);
  if (missing.length === 0) return null;
  return {
    part: 'mount-points',
    message: `it has no ${missing.join(', ')}, where a runtime shows what is the host's`,
    evidence: `not in the image: ${missing.join(', ')}`,
    hint: 'use a runtime that makes them itself: --runtime bubblewrap or --runtime unshare',
  };
}
