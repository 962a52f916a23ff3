import { JcdsError } from '../../errors.ts';
import { safeText } from '../../output/safe-text.ts';
import { type CondorSetting, runCondor } from './condor-tools.ts';
import { fileWords, type Work } from './submission.ts';

/** What the user's own description asks for stands against what the command line asks for. */
export class DescriptionRefusedError extends JcdsError {
  constructor(message: string, hint: string) {
    super({ code: 'DESCRIPTION_REFUSED', message, hint });
  }
}

/** What a description says that matters here. */
export interface Described {
  /** Whether its jobs have a PostCmd. */
  readonly hasPostCommand: boolean;
}

/** Bytes of a description on standard input. */
const LONGEST = 1 << 26;

/** Reads a description that is given on standard input, where it can be read once, and is wanted twice. @throws DescriptionRefusedError */
export async function readInput(work: Work): Promise<Work> {
  if (work.kind !== 'file' || work.file !== '-') return work;
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length > LONGEST)
      throw new DescriptionRefusedError(
        `the description on standard input has more than ${LONGEST} bytes`,
        'name a file, whose items condor_submit reads by itself: queue … from FILE',
      );
  }
  return { ...work, content: Buffer.concat(pieces) };
}

/** Attributes by which a job names an image, or has a container all the same. */
const IMAGES = ['ContainerImage', 'DockerImage', 'JCDSImage', 'SingularityImage'] as const;

/** HTCondor's numbers for universes; a name for what jobs of them are. */
const VANILLA = '5';
const UNIVERSES: Readonly<Record<string, string>> = {
  '7': 'scheduler',
  '9': 'grid',
  '10': 'java',
  '11': 'parallel',
  '12': 'local',
  '13': 'vm',
};

/**
 * Asks condor_submit what the jobs of the description would be, without submitting anything: nobody else reads its language.
 * @param name the image, as a person typed it
 * @throws DescriptionRefusedError, NoCondorError, CondorFailedError
 */
export async function readDescription(
  { work, lines }: { readonly work: Work; readonly lines: readonly string[] },
  name: string,
  context: CondorSetting,
): Promise<Described> {
  // condor_submit describes no jobs without a file: a command has jcds' own lines and these.
  if (work.kind === 'command') return checked(lines.map(lineAttribute), name);
  // Else a container_image that is a path is named by the last part of it alone.
  const own = [...lines, 'transfer_container = false'].flatMap(line => ['-append', line]);
  const words = ['-dry-run', '-', ...own, ...fileWords(work.file)];
  const { stdout } = await runCondor('condor_submit', words, context, work.content);
  return checked(
    stdout.split('\n').flatMap(line => {
      const [, attribute = '', value = ''] = /^([A-Za-z_][A-Za-z0-9_]*) *= *(.*)$/.exec(line) ?? [];
      return attribute === '' ? [] : [[attribute.toLowerCase(), value] as const];
    }),
    name,
  );
}

/** A line of a description as the attribute that it makes. */
function lineAttribute(line: string): readonly [string, string] {
  const [, left = '', right = ''] = /^\s*(?:my\.|\+)?([A-Za-z_]+)\s*=\s*(.*)$/i.exec(line) ?? [];
  return [left.replaceAll('_', '').toLowerCase(), right];
}

function checked(attributes: readonly (readonly [string, string])[], name: string): Described {
  const lastOf = (wanted: string) =>
    attributes.find(
      ([attribute, value]) => attribute === wanted.toLowerCase() && !/^(?:undefined|"")?$/i.test(value),
    )?.[1];
  for (const image of IMAGES) {
    const value = lastOf(image);
    if (value !== undefined)
      throw new DescriptionRefusedError(
        `the description's jobs name an image already, ${image} = ${safeText(value, 200)}, and the command line names ${safeText(name, 200)}`,
        'take one of them away: condor_submit alone submits what the description names',
      );
  }
  const universe = attributes.find(
    ([attribute, value]) => attribute === 'jobuniverse' && value !== VANILLA,
  )?.[1];
  if (universe !== undefined)
    throw new DescriptionRefusedError(
      `jobs of the ${UNIVERSES[universe] ?? safeText(universe, 40)} universe cannot be put into an image by HTCondor`,
      'universe = vanilla; a job may start its image itself: jcds wrap',
    );
  return { hasPostCommand: lastOf('PostCmd') !== undefined };
}
