import type { ImageFacts } from './facts.ts';

/** Whether a value that was read from JSON has the shape of an image's facts, of this version. */
export function isFacts(value: unknown): value is ImageFacts {
  return (
    isObject(value) &&
    value.schema === 1 &&
    typeof value.directory === 'string' &&
    isConfig(value.config) &&
    typeof value.environmentFileDropped === 'boolean' &&
    (value.origin === null || isTextRecord(value.origin)) &&
    isTextOrNull(value.architecture) &&
    typeof value.hasShell === 'boolean' &&
    (value.singularityMissing === null || isTexts(value.singularityMissing)) &&
    isObject(value.directories) &&
    Object.values(value.directories).every(isListing) &&
    isTextOrNull(value.passwd) &&
    isTextOrNull(value.group)
  );
}

function isConfig(value: unknown): boolean {
  return (
    isObject(value) &&
    Array.isArray(value.env) &&
    value.env.every(pair => isTexts(pair) && pair.length === 2) &&
    (value.entrypoint === null || isTexts(value.entrypoint)) &&
    (value.cmd === null || isTexts(value.cmd)) &&
    isTextOrNull(value.workdir) &&
    isTextOrNull(value.user) &&
    typeof value.source === 'string'
  );
}

const KINDS: ReadonlySet<unknown> = new Set(['directory', 'file', 'link', 'other']);

function isListing(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      entry =>
        isObject(entry) &&
        typeof entry.name === 'string' &&
        KINDS.has(entry.kind) &&
        (entry.target === undefined || typeof entry.target === 'string'),
    )
  );
}

/** A JSON object. */
export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}

/** A JSON object with texts only. */
export function isTextRecord(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(item => typeof item === 'string');
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
