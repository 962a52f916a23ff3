import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Entries } from '../../src/launch/launcher-environment.ts';
import { type Container, imageAt } from './containers.ts';
import type { Ended, Workplace } from './workplace.ts';

/** What every runtime is held to. */
const APPTAINER = spawnSync('sh', ['-c', 'command -v apptainer'], { encoding: 'utf8' }).stdout.trim();

/** What is changed of a copy of a test image: texts by their place in it; null takes one away. */
export type Changes = Readonly<Record<string, string | null>>;

/** A copy of a test image, with some files changed. The copy belongs to root, as on CVMFS. */
export function variantOf(image: string, directory: string, changes: Changes): string {
  cpSync(imageAt(image), directory, { recursive: true, verbatimSymlinks: true });
  for (const [place, text] of Object.entries(changes)) {
    const file = join(directory, place);
    rmSync(file, { force: true, recursive: true });
    if (text === null) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return directory;
}

/** What somebody types by hand: `apptainer -s exec OPTIONS IMAGE WORDS`. */
export interface ByHand {
  readonly image: string;
  readonly words: readonly string[];
  readonly options?: readonly string[];
  readonly environment: Entries;
}

/** Runs it as this person, in the working directory of the tests; as root where root has not every capability. */
export function byHand(work: Workplace, { person }: Pick<Container, 'person'>, typed: ByHand): Ended {
  const [program = '', ...args] = [
    ...person.become,
    ...[APPTAINER, '-s', 'exec', ...(person.uid === 0 ? ['--userns'] : [])],
    ...[...(typed.options ?? []), typed.image, ...typed.words],
  ];
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    cwd: work.directory,
    env: Object.fromEntries(typed.environment),
    encoding: 'latin1',
  });
  return { code: status, signal, stdout, stderr };
}
