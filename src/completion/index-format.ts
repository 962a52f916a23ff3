import type { LayoutName } from '../repositories/layouts/index.ts';

/**
 * The index of published names as text. A shell reads it at TAB with builtins alone, so it is made of lines, and a
 * reader that skips lines (bash: `mapfile -s`) looks through one block of at most `BLOCK` lines on each level:
 *
 *     jcds-completion 1 <lines of the first block> <first line of the names> <all lines> [<layout>]
 *     <blocks>    of the prefixes that have more names than a block holds, each before its children
 *     <names>     all of them, sorted by their bytes; a slice of them is a block too
 *
 * A line of a block is a name, or `prefix TAB first line TAB lines`: what begins with the prefix is in that block. Lines
 * count from 0, which is the header. The layout says whether a registry typed before a name is left out on the way to it (`osg`). A reader only ever goes forward, so no file can hold it in a circle.
 */
export const MAGIC = 'jcds-completion';
export const VERSION = 1;
/** The most lines that a shell looks through on one level: bash takes about 1 ms for them. */
export const BLOCK = 400;
/** Ten times what any service has; what is beyond is left out. */
export const MOST_NAMES = 300_000;

/** Writes the index of names that are sorted by their bytes, each once; no block is longer than `block` lines. */
export function indexText(names: readonly string[], block = BLOCK, layout?: LayoutName): string {
  const nodes = nodesOf(names, block);
  let line = 1;
  for (const node of nodes) {
    node.line = line;
    line += node.children.length;
  }
  const entries = nodes.flatMap(node => node.children.map(child => entryLine(child, names, line)));
  const first = nodes[0]?.children.length ?? names.length;
  const header = `${MAGIC} ${VERSION} ${first} ${line} ${line + names.length}`;
  const end = layout === undefined ? '' : ` ${layout}`;
  return `${[header + end, ...entries, ...names].join('\n')}\n`;
}

/** The names of an index, or null when it is none of this version, or not whole. */
export function readIndexText(text: string): string[] | null {
  const lines = text.split('\n');
  const header = new RegExp(`^${MAGIC} ${VERSION} [0-9]{1,7} ([0-9]{1,7}) ([0-9]{1,7})(?: [a-z]+)?$`).exec(
    lines[0] ?? '',
  );
  if (header === null || lines.length !== Number(header[2]) + 1 || lines.at(-1) !== '') return null;
  return lines.slice(Number(header[1]), -1);
}

/**
 * The end of the segment that begins at `from`: past the next `/`, else past the next `:` or `@`, else the name's end.
 * So a registry keeps its port: `git.jinr.ru:5005/`, `nica/`, `bmn:`, `latest`.
 */
export function segmentEnd(name: string, from: number): number {
  const slash = name.indexOf('/', from);
  if (slash >= 0) return slash + 1;
  const mark = name.slice(from).search(/[:@]/);
  return mark < 0 ? name.length : from + mark + 1;
}

/** A prefix and the slice of the sorted names that begin with it. */
interface Slice {
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
}

interface Node extends Slice {
  readonly children: readonly (Slice & { node?: Node })[];
  line: number;
}

/** The nodes with more names than a block holds, each before its children. */
function nodesOf(names: readonly string[], block: number): Node[] {
  const found: Node[] = [];
  const queue: (Slice & { node?: Node })[] = [{ prefix: '', from: 0, to: names.length }];
  for (let slice = queue.shift(); slice !== undefined; slice = queue.shift()) {
    if (slice.to - slice.from <= block) continue;
    const node: Node = { ...slice, children: childrenOf(names, slice, block), line: 0 };
    slice.node = node;
    found.push(node);
    queue.push(...node.children);
  }
  return found;
}

/** By segment; where these are too many, by what they have in common and one more character. */
function childrenOf(names: readonly string[], slice: Slice, block: number): Slice[] {
  const { prefix, from, to } = slice;
  const segments = groups(names, slice, name => {
    const end = segmentEnd(name, prefix.length);
    return end === name.length ? null : end;
  });
  if (segments.length <= block) return segments;
  const [first, last] = [names[from]!, names[to - 1]!];
  let common = prefix.length;
  while (first[common] === last[common]) common += 1;
  return groups(names, slice, name => (name.length > common ? common + 1 : null));
}

/** Neighbours with the same beginning, up to where `end` says; null: the name stands alone. */
function groups(
  names: readonly string[],
  { from, to }: Slice,
  end: (name: string) => number | null,
): Slice[] {
  const found: Slice[] = [];
  for (let at = from; at < to; ) {
    const name = names[at]!;
    const until = end(name);
    const prefix = name.slice(0, until ?? name.length);
    const start = at;
    do at += 1;
    while (until !== null && at < to && names[at]!.startsWith(prefix));
    found.push({ prefix, from: start, to: at });
  }
  return found;
}

/** A child that is one name alone is written as that name. */
function entryLine(child: Slice & { node?: Node }, names: readonly string[], firstName: number): string {
  const { prefix, from, to, node } = child;
  if (to - from === 1 && names[from] === prefix) return prefix;
  return node === undefined
    ? `${prefix}\t${firstName + from}\t${to - from}`
    : `${prefix}\t${node.line}\t${node.children.length}`;
}
