import { isImageVariable } from './environment-file.ts';
import type { ImageFacts } from './facts.ts';

/** Linux' bounds on a name, in bytes, and on a path. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 4096;
const LONGEST_ACCOUNTS = 64 * 1024;
export const LONGEST_SCRIPT = 64 * 1024;

/**
 * Whether a value that was read from JSON is an image's facts, of this version. Not its shape alone: what becomes a path, a
 * mount point or a word later is in its range, so that a record that lies can name nothing outside the image.
 */
export function isFacts(value: unknown): value is ImageFacts {
  return (
    isObject(value) &&
    value.schema === 1 &&
    isPath(value.directory) &&
    isConfig(value.config) &&
    typeof value.environmentFileDropped === 'boolean' &&
    Array.isArray(value.environmentScripts) &&
    value.environmentScripts.every(isScript) &&
    (value.origin === null || isOrigin(value.origin)) &&
    (value.architecture === null ||
      (typeof value.architecture === 'string' && /^[a-z0-9]{1,20}$/.test(value.architecture))) &&
    typeof value.hasShell === 'boolean' &&
    (value.singularityMissing === null || isTexts(value.singularityMissing)) &&
    isObject(value.directories) &&
    Object.entries(value.directories).every(([path, listing]) => isPath(path) && isListing(listing)) &&
    (value.passwd === null || isText(value.passwd, LONGEST_ACCOUNTS)) &&
    (value.group === null || isText(value.group, LONGEST_ACCOUNTS))
  );
}

function isScript(value: unknown): boolean {
  return isObject(value) && isName(value.name) && (value.text === null || isText(value.text, LONGEST_SCRIPT));
}

/** An absolute path without `.`, `..`, empty names and NUL. */
function isPath(value: unknown): value is string {
  return (
    isText(value, LONGEST_PATH) &&
    (value === '/' || (value.startsWith('/') && value.slice(1).split('/').every(isName)))
  );
}

function isConfig(value: unknown): boolean {
  return (
    isObject(value) &&
    Array.isArray(value.env) &&
    value.env.every(pair => isTexts(pair) && pair.length === 2 && isImageVariable(pair[0]!)) &&
    (value.entrypoint === null || isTexts(value.entrypoint)) &&
    (value.cmd === null || isTexts(value.cmd)) &&
    (value.workdir === null || isText(value.workdir)) &&
    (value.user === null || isText(value.user)) &&
    SOURCES.has(value.source)
  );
}

const SOURCES: ReadonlySet<unknown> = new Set(['singularity.d', 'config-json', 'registry', 'none']);

function isOrigin(value: unknown): boolean {
  return isObject(value) && isText(value.bootstrap) && isText(value.from) && Object.keys(value).length === 2;
}

const KINDS: ReadonlySet<unknown> = new Set(['directory', 'file', 'link', 'other']);

/** Names such as `../../home` must reach no mount. */
function isListing(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      entry =>
        isObject(entry) &&
        isName(entry.name) &&
        KINDS.has(entry.kind) &&
        (entry.target === undefined || (entry.kind === 'link' && isText(entry.target, LONGEST_PATH))),
    )
  );
}

function isName(value: unknown): boolean {
  return (
    isText(value, LONGEST_NAME) && value !== '' && value !== '.' && value !== '..' && !value.includes('/')
  );
}

/** A JSON object. */
export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => isText(item));
}

/** Without NUL, which no path, argument or variable can hold. */
function isText(value: unknown, longest = Number.POSITIVE_INFINITY): value is string {
  return typeof value === 'string' && value.length <= longest && !value.includes('\0');
}
