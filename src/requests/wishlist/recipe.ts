import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { yamlBomb } from '../yaml-bomb.ts';
import { NotAWishlistError } from './problems.ts';
import type { WishlistProblem } from './wishlist.ts';

/** One item of the list `input`, with what is needed to write another one like it. */
export interface RecipeInput {
  value: string;
  line: number;
  lastLine: number;
  /** What stands before the value on its line, such as `    - `; null when it is something else. */
  lead: string | null;
  /** `'`, `"` or nothing. */
  quote: string;
}

export interface Recipe {
  inputs: readonly RecipeInput[];
  problems: readonly WishlistProblem[];
  /** The line of the key `input` when nothing follows it; null when the list has items or is written as `[]`. */
  emptyListLine: number | null;
}

const KEYS = ['version', 'user', 'cvmfs_repo', 'output_format', 'input'] as const;
/** Known since 2025, and not needed. */
const MORE_KEYS = ['ignoreErrors'] as const;

/** Reads a recipe with the positions of its items. Throws NotAWishlistError. */
export function readRecipe(text: string): Recipe {
  const lines = new LineCounter();
  const document = parseYaml(text, lines);
  const root = document.contents;
  if (!isMap(root)) throw new NotAWishlistError('cern', 'it is not a mapping with the key "input"');
  const pair = root.items.find(item => keyOf(item) === 'input');
  if (pair === undefined) throw new NotAWishlistError('cern', 'it has no key "input"');
  const problems = keyProblems(root, lines);
  if (isSeq(pair.value)) {
    const items = pair.value.items.map(item => readItem(document, item, text, lines));
    const inputs = items.filter(item => 'value' in item);
    return {
      inputs,
      problems: [...problems, ...items.filter(item => 'kind' in item)],
      emptyListLine: null,
    };
  }
  if (!isScalar(pair.value) || pair.value.value !== null)
    throw new NotAWishlistError('cern', 'its key "input" holds no list');
  return { inputs: [], problems, emptyListLine: lineOf(pair.key, lines) };
}

/** A recipe has six keys. The parser compares each key with every other one. */
const KEY_LIMIT = 100;

function parseYaml(text: string, lines: LineCounter): Document.Parsed {
  const bomb = yamlBomb(text, KEY_LIMIT);
  if (bomb !== null) throw new NotAWishlistError('cern', bomb);
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [first] = document.errors;
  if (first === undefined) return document;
  throw new NotAWishlistError(
    'cern',
    `line ${first.linePos?.[0].line ?? '?'} is not valid YAML (${first.code})`,
  );
}

function keyOf(pair: Pair): string | null {
  return isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : null;
}

function lineOf(node: unknown, lines: LineCounter): number {
  return isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1;
}

/** DUCC needs five keys and knows one more. */
function keyProblems(root: YAMLMap, lines: LineCounter): WishlistProblem[] {
  const present = root.items.map(pair => ({
    key: keyOf(pair) ?? String(pair.key),
    line: lineOf(pair.key, lines),
  }));
  const missing = KEYS.filter(key => !present.some(other => other.key === key));
  const unknown = present.filter(({ key }) => !([...KEYS, ...MORE_KEYS] as readonly string[]).includes(key));
  return [
    ...missing.map(key => ({ kind: 'key-missing' as const, line: 1, text: key, readAs: null })),
    ...unknown.map(({ key, line }) => ({ kind: 'key-unknown' as const, line, text: key, readAs: null })),
  ];
}

function readItem(
  document: Document,
  item: unknown,
  text: string,
  lines: LineCounter,
): RecipeInput | WishlistProblem {
  const line = lineOf(item, lines);
  const resolved = isNode(item) && 'resolve' in item ? item.resolve(document) : item;
  if (!isScalar(resolved) || typeof resolved.value !== 'string' || !isNode(item) || !item.range)
    return { kind: 'value', line, text: String(isScalar(resolved) ? resolved.value : 'input'), readAs: null };
  const [start, end] = item.range;
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const quote = text.charAt(start);
  return {
    value: resolved.value,
    line,
    lastLine: lines.linePos(Math.max(start, end - 1)).line,
    lead: /^[ \t]*-[ \t]+$/.test(before) ? before : null,
    quote: quote === "'" || quote === '"' ? quote : '',
  };
}
