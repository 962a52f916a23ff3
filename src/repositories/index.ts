import { LAYOUTS } from './layouts/index.ts';
import {
  InvalidRepositoryNameError,
  InvalidServiceError,
  isRepositoryName,
  type Repository,
} from './repository.ts';
import { SERVICES, unknownService } from './services.ts';

export type { Repository, Wishlist } from './repository.ts';
export { SERVICES } from './services.ts';

/**
 * The table with a user's or a site's rows merged in, by name: keys of a known row are replaced one by one,
 * a new row is completed with layout `detect`. Throws InvalidRepositoryNameError and InvalidServiceError.
 */
export function repositoriesFrom(
  table: readonly Repository[],
  configured: Readonly<Record<string, Partial<Repository>>>,
): readonly Repository[] {
  const rows = new Map(table.map(row => [row.name, row]));
  for (const [name, changes] of Object.entries(configured)) {
    const known = rows.get(name) ?? unknownService(checkedName(name));
    const row = { ...known, ...changes, name };
    // Where the list lies may be known when the rest of it is as usual.
    if (known.wishlist && changes.wishlist && typeof changes.wishlist === 'object')
      row.wishlist = { ...known.wishlist, ...changes.wishlist };
    checkRow(name, row, changes);
    rows.set(name, row);
  }
  return [...rows.values()];
}

/** The row of a repository; one without a row is taken as it is found. Throws InvalidRepositoryNameError. */
export function repositoryNamed(name: string, table: readonly Repository[] = SERVICES): Repository {
  return table.find(row => row.name === name) ?? unknownService(checkedName(name));
}

function checkedName(name: string): string {
  if (!isRepositoryName(name)) throw new InvalidRepositoryNameError(name);
  return name;
}

type Check = [expected: string, holds: (value: unknown) => boolean];
const isText = (value: unknown): boolean => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const TEXT: Check = ['a text', isText];
const TEXTS: Check = ['a list of texts', isTexts];

/** What each key of a configured row may hold; the values come from JSON. */
const CHECKS = {
  name: TEXT,
  title: TEXT,
  layout: [
    `one of detect, ${Object.keys(LAYOUTS).join(', ')}`,
    value => value === 'detect' || (typeof value === 'string' && Object.hasOwn(LAYOUTS, value)),
  ],
  servers: [
    'a list of http:// or https:// addresses',
    value => isTexts(value) && (value as string[]).every(server => /^https?:\/\/[^/\s]+/.test(server)),
  ],
  proxies: TEXT,
  keysDirectory: TEXT,
  wishlist: ['an object with forge, host, project, branch, path and format', isWishlist],
  homepage: ['a text or null', value => value === null || isText(value)],
  notes: TEXTS,
  allowedLinkTargets: [
    'a list of repository names',
    value => isTexts(value) && (value as string[]).every(isRepositoryName),
  ],
} satisfies Record<keyof Repository, Check>;

function isWishlist(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { forge, host, project, branch, path, format } = value as Record<string, unknown>;
  const { publicOnly = false, architectures = [] } = value as Record<string, unknown>;
  return (
    (forge === 'gitlab' || forge === 'github') &&
    (format === 'osg' || format === 'cern') &&
    [host, project].every(isText) &&
    [branch, path].every(text => text === null || isText(text)) &&
    typeof publicOnly === 'boolean' &&
    isTexts(architectures)
  );
}

function checkRow(name: string, row: Repository, changes: Partial<Repository>): void {
  for (const key of Object.keys(changes)) {
    const value = row[key as keyof Repository];
    const check: Check = Object.hasOwn(CHECKS, key)
      ? CHECKS[key as keyof Repository]
      : ['left out: no such key', () => false];
    if (!check[1](value)) throw new InvalidServiceError(name, key, check[0]);
  }
}
