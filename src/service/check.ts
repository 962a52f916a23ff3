import { EXIT, type ExitCode, isJcdsError } from '../errors.ts';
import type { Platform } from '../image/platform.ts';
import { noCredential, type RegistryOptions } from '../registry/client.ts';
import { checkConvertible } from '../registry/convertible.ts';
import { registryHas } from '../registry/presence.ts';
import type { WishlistFormat } from '../requests/wishlist/wishlist.ts';
import { checkList } from './guards.ts';
import type { PublishedLayout } from './layout.ts';
import { expandPatterns } from './patterns.ts';
import type { ListedImage, UnclearLine } from './situation.ts';
import { type PatternLine, type ReadList, readList, wantedOf } from './wanted.ts';

/** A list before it is followed: what a change of it brings. */
export interface CheckRequest {
  readonly file: string;
  readonly text: string;
  /** The list without the change; null: all lines are new. */
  readonly base: string | null;
  readonly format: WishlistFormat;
  readonly layout: PublishedLayout;
  readonly platform: Platform;
  readonly registries: RegistryOptions;
  readonly allowsMassRemoval: boolean;
}

/** A line that the change brings. */
export interface CheckedLine {
  readonly line: number;
  readonly text: string;
  /** Where it would be published; null: that is not known, or a pattern means many. */
  readonly path: string | null;
  /** `later`: what it is could not be seen now. */
  readonly verdict: 'good' | 'bad' | 'later';
  /** For people. */
  readonly finding: string;
  /** Whether everybody may pull it; null: not known, or not asked. */
  readonly isPublic: boolean | null;
  /** Bytes as the registry stores them. */
  readonly bytes: number | null;
}

/** Lines that are checked at the same time. */
const AT_ONCE = 8;

/**
 * Checks the lines that a change brings: that they can be understood, that no other image has the place, that the registry has the image, who may pull it, and that a
 * directory can be made of it. Lines that were there already are not asked for: an image that died meanwhile is nobody's who changes another line. Throws ListSuspectError.
 */
export async function checkChange(request: CheckRequest): Promise<CheckedLine[]> {
  const { file, text, base, format, layout, registries, allowsMassRemoval } = request;
  const list = readList(file, text, format, layout);
  const before = base === null ? null : readList(file, base, format, layout);
  checkList(file, list, { listed: before?.length ?? null }, allowsMassRemoval);
  const known = new Set(before === null ? [] : linesOf(before));
  const isNew = ({ text: entry }: { readonly text: string }) => !known.has(entry);
  const expanded = await expandPatterns(list.patterns, format, layout, registries);
  const wanted = wantedOf([...list.images, ...expanded.images], [...list.unclear, ...expanded.unclear]);
  const unclear = wanted.unclear.filter(isNew);
  const isClear = ({ line }: { readonly line: number }) => !unclear.some(other => other.line === line);
  const patterns = list.patterns.filter(isNew).filter(isClear);
  const images = list.images.filter(isNew).filter(isClear);
  const counts = (pattern: PatternLine) => expanded.images.filter(({ line }) => line === pattern.line).length;
  const checked = [
    ...unclear.map(unclearRow),
    ...patterns.map(pattern => patternRow(pattern, counts(pattern))),
    ...(await imageRows(images, request)),
  ];
  return checked.sort((one, other) => one.line - other.line);
}

function linesOf({ images, patterns, unclear }: ReadList): string[] {
  return [...images, ...patterns, ...unclear].map(({ text }) => text);
}

function unclearRow({ line, text, reason }: UnclearLine): CheckedLine {
  return { line, text, path: null, verdict: 'bad', finding: reason.text, isPublic: null, bytes: null };
}

function patternRow({ line, text }: PatternLine, count: number): CheckedLine {
  const finding = count === 0 ? 'it means no tag that the registry has now' : `it means ${count} tags now`;
  return {
    line,
    text,
    path: null,
    verdict: count === 0 ? 'bad' : 'good',
    finding,
    isPublic: null,
    bytes: null,
  };
}

async function imageRows(images: readonly ListedImage[], request: CheckRequest): Promise<CheckedLine[]> {
  const queue = [...images];
  const rows: CheckedLine[] = [];
  const lane = async (): Promise<void> => {
    for (let image = queue.shift(); image !== undefined; image = queue.shift())
      rows.push(await imageRow(image, request));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return rows;
}

/** Some registries say "not found" to strangers where they mean "not for you": the credential decides. */
async function imageRow(
  { line, text, path, reference }: ListedImage,
  { platform, registries }: CheckRequest,
): Promise<CheckedLine> {
  const row = { line, text, path, isPublic: null, bytes: null };
  const asEveryone = { ...registries, findCredential: noCredential };
  const everyone = await registryHas(reference, asEveryone);
  const isPublic = everyone.state === 'present';
  const isAskedAgain = everyone.state === 'absent' || everyone.state === 'private';
  const seen = isAskedAgain ? await registryHas(reference, registries) : everyone;
  if (seen.failure !== null)
    return { ...row, verdict: verdictOf(seen.failure), finding: seen.failure.message };
  try {
    const options = isPublic ? asEveryone : registries;
    const bytes = await checkConvertible(reference, [platform.architecture], options);
    const finding = isPublic
      ? 'it is there, and everybody may pull it'
      : 'it is there, and not everybody may pull it: who can read the repository will read it';
    return { ...row, verdict: 'good', finding, isPublic, bytes };
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    return { ...row, verdict: verdictOf(thrown), finding: thrown.message, isPublic };
  }
}

function verdictOf({ exitCode }: { readonly exitCode: ExitCode }): 'bad' | 'later' {
  return exitCode === EXIT.later ? 'later' : 'bad';
}

/** 1 where a line is no good, 75 where it could not be seen. */
export function checkExitCode(rows: readonly CheckedLine[]): ExitCode {
  if (rows.some(({ verdict }) => verdict === 'bad')) return EXIT.no;
  return rows.some(({ verdict }) => verdict === 'later') ? EXIT.later : EXIT.ok;
}
