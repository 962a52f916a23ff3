import { digestProblem } from '../../image/digest.ts';
import type { Reference } from '../../image/reference.ts';
import { DOCKER_HUB, isRegistryName, normaliseRegistry } from '../../image/registry.ts';
import { isTagPattern, matchesByDot, tagMatches } from './cern-tags.ts';
import { splitLines } from './lines.ts';
import { UneditableRecipeError } from './problems.ts';
import { type Recipe, type RecipeInput, readRecipe } from './recipe.ts';
import {
  type ImageName,
  nearestKin,
  type Place,
  type ProblemKind,
  type Wishlist,
  type WishlistEntry,
  type WishlistFormat,
  type WishlistProblem,
} from './wishlist.ts';

/**
 * `recipe.yaml` of cvmfs/images-unpacked.cern.ch, read by DUCC: the entries of the key `input` are
 * `https://REGISTRY/REPOSITORY:TAG[@DIGEST]`, or `REPOSITORY@DIGEST` without a tag. They are read as URLs: `https://` may be
 * missing, slashes around the path and what follows `?` or `#` do not count. A tag with `*` is a pattern on every registry
 * (cern-tags.ts). The registry is literal: Docker Hub is `registry.hub.docker.com`, `library/` is written
 * out. Published as REGISTRY/REPOSITORY:TAG, without a tag as REPOSITORY:DIGEST.
 */
export const cern: WishlistFormat = {
  name: 'cern',
  usualPath: 'recipe.yaml',
  parse,
  entriesIn,
  entryFor,
  matches: tagMatches,
  surprise: (pattern, tag) =>
    matchesByDot(pattern, tag) ? 'to this service "." in a pattern is any character' : null,
  place,
  publishedPath: ({ registry, repository, tag, digest }) => `${registry}/${repository}:${tag ?? digest}`,
};

const HUB_IN_RECIPES = 'registry.hub.docker.com';
const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

function readInput(text: string): ImageName | ProblemKind {
  if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text)) return 'control-character';
  if (/\s/.test(text)) return 'blank';
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const [, registry = '', path = ''] = /^https?:\/\/([^/?#]*)\/+([^?#]*?)\/*(?:[?#].*)?$/i.exec(whole) ?? [];
  if (!isRegistryName(registry)) return 'scheme';
  const [name = '', digest = null, more] = path.split('@');
  if (more !== undefined || (digest !== null && digestProblem(digest) !== null)) return 'digest';
  const [slashed = '', tag = null, extra] = name.split(':');
  const repository = slashed.replace(/\/+$/, '');
  if (extra !== undefined) return 'colons';
  if (!REPOSITORY.test(repository)) return repository.includes('*') ? 'wildcard' : 'name';
  if (tag === null && digest === null) return 'no-tag';
  if (tag !== null && !TAG.test(tag) && !isTagPattern(tag)) return tag.includes('*') ? 'pattern' : 'tag';
  return { registry: normaliseRegistry(registry), repository, tag, digest };
}

/** Throws NotAWishlistError for a text that is no YAML or has no key `input`. */
function parse(text: string): Wishlist {
  const recipe = readRecipe(text);
  const entries: WishlistEntry[] = [];
  const problems: WishlistProblem[] = [...recipe.problems];
  const seen = new Set<string>();
  for (const input of recipe.inputs) {
    const { line, value } = input;
    const name = readInput(value);
    if (typeof name === 'string') {
      problems.push({ kind: name, line, text: value, readAs: null });
      continue;
    }
    const key = `${name.registry}/${name.repository}:${name.tag}@${name.digest}`;
    if (seen.has(key)) problems.push({ kind: 'duplicate', line, text: value, readAs: null });
    seen.add(key);
    entries.push({ ...name, line, text: value, wildcard: name.tag?.includes('*') ?? false });
  }
  return { text, entries, problems };
}

/** An item of a list of texts, quoted or not, with a comment behind it or not. */
const ITEM = /^\s*-\s+(?:'([^']*)'|"([^"\\]*)"|([^\s'"#][^\s]*))\s*(?:#.*)?$/;

function entriesIn(lines: readonly string[]): WishlistEntry[] {
  return lines.flatMap((body, index) => {
    const [, single, double, plain] = ITEM.exec(body) ?? [];
    const text = single ?? double ?? plain;
    const name = text === undefined ? 'value' : readInput(text);
    if (text === undefined || typeof name === 'string') return [];
    return [{ ...name, line: index + 1, text, wildcard: name.tag?.includes('*') ?? false }];
  });
}

function entryFor({ registry, repository, tag, digest }: Reference): string {
  const host = registry === DOCKER_HUB ? HUB_IN_RECIPES : registry;
  return `https://${host}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/** Behind the nearest kin, indented and quoted as it is; in an empty list behind its key. */
function place(list: Wishlist, reference: Reference): Place {
  const entry = entryFor(reference);
  const recipe = readRecipe(list.text);
  if (recipe.inputs.length === 0) return placeFirst(recipe, entry);
  const kinLine = nearestKin(list, reference)?.line;
  const kin = recipe.inputs.find(input => input.line === kinLine) ?? recipe.inputs.at(-1)!;
  const model = kin.lead === null ? recipe.inputs.find(input => input.lead !== null) : kin;
  if (model?.lead == null)
    throw new UneditableRecipeError(entry, 'its entries do not stand on lines of their own');
  return {
    after: behind(list.text, kin),
    strictly: false,
    line: model.lead + model.quote + entry + model.quote,
  };
}

/** Behind an entry of several lines is behind its last, unless the file ends there without a newline. */
function behind(text: string, input: RecipeInput): number {
  const lines = splitLines(text);
  const atUnfinishedEnd = input.lastLine === lines.length && lines.at(-1)?.end === '';
  return atUnfinishedEnd ? input.line - 1 : input.lastLine;
}

function placeFirst(recipe: Recipe, entry: string): Place {
  if (recipe.emptyListLine === null) throw new UneditableRecipeError(entry, 'its list is written as [ ]');
  return { after: recipe.emptyListLine, strictly: true, line: `    - '${entry}'` };
}
