import { NotPublishedError } from '../cvmfs/publication.ts';
import { CvmfsUnreachableError, type Obstruction, unreachableReason } from '../cvmfs/unreachable.ts';
import { exitCodeFor, JcdsError } from '../errors.ts';
import { quoteWord } from '../launch/quote.ts';
import { safeText } from '../output/safe-text.ts';
import { LinkEscapesError } from '../repositories/links.ts';
import { LONGEST_LINE } from './part.ts';

/** What the look can say when there is no image that could run: see shell/look.sh. The last stands for any other word. */
const LOOK_WORDS = ['missing', 'broken', 'escapes', 'unseen'] as const;
type LookWord = (typeof LOOK_WORDS)[number];

/** What of a word of a message stands in one line. */
const PIECE_LIMIT = LONGEST_LINE - 12;

/** What tr(1) takes for bytes that no terminal may see, in a text of several lines. */
export const UNSEEN_BYTES = "'\\t\\r\\1-\\10\\13\\14\\16-\\37\\177-\\377' '  ?'";

/** The image as the messages name it: texts, or placeholders where only the running script knows. */
export interface ImageWords {
  readonly name: string;
  readonly repository: string;
  /** The place below the repository. */
  readonly entry: string;
  /** Whether the script is for one real directory, which may be removed once no tag leads to it any more. */
  readonly pinned?: boolean;
  /** Whether it is a local copy: `repository` is the name of its store then. */
  readonly isLocal?: boolean;
  /** The `--repository` options that were typed, for hints. */
  readonly typed?: string;
  /** Where a script looks for a name that it learns when it runs; a path names its own repository. */
  readonly searched?: readonly string[];
}

/** For a script that learns the image when it runs. */
export const UNKNOWN_IMAGE: ImageWords = {
  name: 'JCDS%NAME%',
  repository: 'JCDS%REPOSITORY%',
  entry: 'JCDS%ENTRY%',
};

/** The name of an image that is a path. */
const NAMED_PATH = '/JCDS%NAME%';
/** In an error's facts: where the image stands, or would. */
export const PATH = 'JCDS%PATH%';
/** In an error's facts: the digest that was asked for, and the name without it. The job wrapper has them. */
export const DIGEST = 'JCDS%DIGEST%';
export const UNDIGESTED = 'JCDS%UNDIGESTED%';
/** In an error's facts: the name without registry, tag and digest, of a script that learns the image when it runs. */
export const REPOSITORY_NAME = 'JCDS%ORIGIN%';
/** In an error's facts: what the script has in `jcds_text`. */
export const TEXT = 'JCDS%TEXT%';
/** In an error's facts: what a function of the script has in `$2`. */
export const PLACE = 'JCDS%PLACE%';
/** In an error's facts: what the image's record names as its origin. The script has it in `jcds_text`. */
export const MADE_FROM = 'made-from.invalid/x';
/** In an error's facts: the registry that was typed. The script has it in `jcds_wanted`. */
export const WANTED = 'wanted.invalid';

/** The directory that a script was pinned to is there no more. */
class PinnedImageGoneError extends JcdsError {
  constructor(name: string, path: string) {
    super({
      code: 'NOT_PUBLISHED',
      message: `the image that ${safeText(name)} was when this script was pinned to it is there no more (looked at ${path})`,
      hint: 'a directory without a tag is removed after some days: write the script anew with jcds wrap, or without --pin',
    });
  }
}

/** The local copy that a script is for is there no more, or cannot be seen: it can be made again. */
class LocalCopyGoneError extends JcdsError {
  constructor(name: string, why: string) {
    super({
      code: 'LOCAL_COPY_GONE',
      message: `the local copy of ${safeText(name)} ${why}`,
      hint: `make it again: jcds pull ${name}`,
    });
  }
}

/** What the tag leads to is no image. Which of the ways in which that can be, `jcds status` finds out. */
class NoImageError extends JcdsError {
  constructor({ name, repository }: ImageWords) {
    super({
      code: 'BROKEN_PUBLICATION',
      message: `${PATH} is published, but cannot be used: ${TEXT}`,
      hint: `jcds status ${name} says why; tell the people who run ${safeText(repository, 80)}`,
    });
  }
}

/** The host's own words about a place that cannot be seen. Which of the ways in which that can be, `jcds status` finds out. */
class UnseenError extends JcdsError {
  constructor({ name, repository }: ImageWords) {
    super({
      code: 'CVMFS_UNREACHABLE',
      message: `the CVMFS repository ${safeText(repository)} cannot be seen: ${TEXT}`,
      hint: `try again later; jcds status ${name} says more, and so does cvmfs_config probe ${safeText(repository, 80)}`,
    });
  }
}

/** Variables of the script stand in its messages where these do; no text of jcds' own looks like them. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '*JCDS%NAME%*': '*$jcds_pattern*',
  [NAMED_PATH]: '$jcds_name',
  'JCDS%NAME%': '$jcds_name',
  'JCDS%REPOSITORY%': '$jcds_repository',
  'JCDS%ENTRY%': '$jcds_entry',
  [PATH]: '$jcds_path',
  [DIGEST]: 'sha256:$jcds_digest',
  [UNDIGESTED]: '$jcds_undigested',
  [REPOSITORY_NAME]: '$jcds_origin',
  [TEXT]: '$jcds_text',
  [PLACE]: '$2',
  [MADE_FROM]: '$jcds_text',
  'made-from.invalid': '$jcds_registry',
  [WANTED]: '$jcds_wanted',
};
const PLACEHOLDER = /(\*JCDS%NAME%\*|\/JCDS%NAME%|JCDS%[A-Z]+%|made-from\.invalid(?:\/x)?|wanted\.invalid)/;

/** The very error that jcds would have thrown at this word, or one that says how to learn which. */
function failureOf(word: LookWord, image: ImageWords): JcdsError {
  const { name, repository, entry } = image;
  if (image.isLocal === true && word !== 'escapes')
    return new LocalCopyGoneError(
      name,
      word === 'missing' ? `is there no more (looked at ${PATH})` : `cannot be used: ${TEXT}`,
    );
  switch (word) {
    case 'missing':
      if (image.pinned === true) return new PinnedImageGoneError(name, PATH);
      return new NotPublishedError(name, [{ repository, path: PATH }], image.typed);
    case 'escapes':
      return new LinkEscapesError({ repository, relativePath: entry }, TEXT);
    case 'broken':
      return new NoImageError(image);
    case 'unseen':
      return new UnseenError(image);
    default:
      return word satisfies never;
  }
}

function unreachableError(repository: string, met: Obstruction): JcdsError {
  return new CvmfsUnreachableError(repository, unreachableReason(met, repository));
}

/** The error of a place that could not be read; the script has it in `jcds_text`. */
export function unreadableError(repository: string): JcdsError {
  return unreachableError(repository, { code: 'ERRNO', errno: 'EIO', path: TEXT });
}

/**
 * The branches of a `case` over what the look said, each of which ends the script as `jcds exec` would have ended: 75 for
 * what may be otherwise later, 125 for the rest. An answer that is none is a look that failed.
 */
export function failureBranches(image: ImageWords): string {
  const branch = (word: LookWord) =>
    word === 'unseen'
      ? '  *) jcds_unseen "$jcds_text" ;;'
      : `  ${word})\n    ${failLine(failureOf(word, image), '    ')} ;;`;
  const named = image.searched === undefined ? [] : [missingByName(image, image.searched)];
  return [...named, ...LOOK_WORDS.filter(word => word !== 'missing' || named.length === 0).map(branch)].join(
    '\n',
  );
}

/** Defines jcds_unseen: what was asked of CVMFS is not known. */
export function unseenFunction(image: ImageWords): string {
  return `jcds_unseen() { # WHY\n  ${failLine(failureOf('unseen', image), '  ', '$1')}\n}`;
}

/** A path that leads nowhere is none that could be asked for, and names its repository; a name was looked for in all of them. */
function missingByName({ name, repository }: ImageWords, searched: readonly string[]): string {
  const looked = searched.map(repository => ({ repository, path: PATH }));
  return `  missing)
    case $jcds_name in
      /*)
        ${failLine(new NotPublishedError(NAMED_PATH, [{ repository, path: PATH }]))}
        ;;
    esac
    ${failLine(new NotPublishedError(name, looked))}
    ;;`;
}

/**
 * A call of jcds_fail that says what this error says, with the code that a contained command's caller sees.
 * @param indent of the line that it stands in
 * @param text the script's words for TEXT
 */
export function failLine(error: JcdsError, indent = '', text = '$jcds_text'): string {
  const { code, message, hint } = error;
  const words = [message, hint ?? ''].map(one => filled(one.replaceAll('…', '...'), text));
  const lines = [`jcds_fail ${exitCodeFor(error, true)} ${code}`];
  for (const [first = "''", ...others] of words) {
    const room = LONGEST_LINE - 3 - indent.length - (lines.length > 1 ? 2 : 0);
    const last = lines.at(-1)!;
    if (`${last} ${first}`.length <= room && !first.includes('\n'))
      lines[lines.length - 1] = `${last} ${first}`;
    else lines.push(first);
    // Pieces of one word have nothing between them: a line that goes on begins at the margin.
    for (const piece of others) lines[lines.length - 1] += `\\\n${piece}`;
  }
  return lines.join(` \\\n${indent}  `);
}

/** Pieces of one word that are short enough for a line each, with the script's variables where placeholders stand. */
function filled(message: string, text: string): string[] {
  const pieces = message.split(PLACEHOLDER).filter(piece => piece !== '');
  const isVariable = (piece: string) => PLACEHOLDERS[piece] !== undefined;
  const wordsFor = (piece: string) => (piece === TEXT ? text : PLACEHOLDERS[piece]!);
  // What is safe between double quotes reads better there.
  const isPlain =
    pieces.some(isVariable) &&
    pieces.every(
      (piece, at) => isVariable(piece) || !(/["$`\\]/.test(piece) || (at > 0 && /^\w/.test(piece))),
    );
  const words = isPlain
    ? [`"${pieces.map(piece => (isVariable(piece) ? wordsFor(piece) : piece)).join('')}"`]
    : pieces.map(piece => (isVariable(piece) ? `"${wordsFor(piece)}"` : quoteWord(piece)));
  const lines = [''];
  for (const piece of words.flatMap(split)) {
    const last = lines.at(-1)!;
    if (last === '' || last.length + piece.length <= PIECE_LIMIT) lines[lines.length - 1] = last + piece;
    else lines.push(piece);
  }
  return lines[0] === '' ? ["''"] : lines;
}

/** A quoted word in pieces that are quoted each, divided at blanks. */
function split(word: string): string[] {
  const at = word.lastIndexOf(' ', PIECE_LIMIT - 2) + 1;
  if (word.length <= PIECE_LIMIT || at === 0) return [word];
  const quote = word[0]!;
  return [`${word.slice(0, at)}${quote}`, ...split(`${quote}${word.slice(at)}`)];
}
