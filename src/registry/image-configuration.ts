import { objectOf, parseObject } from './json.ts';

/** What an image says about itself, from its configuration in the registry. Texts are as its author wrote them. */
export interface ImageConfiguration {
  /** In order; a later value of a name wins. */
  readonly env: readonly (readonly [name: string, value: string])[];
  readonly entrypoint: readonly string[] | null;
  readonly cmd: readonly string[] | null;
  readonly user: string | null;
  readonly workingDir: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** In Go's words: `amd64`. */
  readonly architecture: string;
  readonly os: string;
}

/** Reads the configuration blob (OCI image configuration, docker's is the same). Null for what is none. */
export function parseConfiguration(bytes: Buffer): ImageConfiguration | null {
  const fields = parseObject(bytes);
  const config = objectOf(fields?.config ?? {});
  if (fields === null || config === null) return null;
  const { architecture, os } = fields;
  const [env, entrypoint, cmd] = [words(config.Env), words(config.Entrypoint), words(config.Cmd)];
  const labels = labelsOf(config.Labels);
  if (!isText(architecture) || !isText(os) || !labels) return null;
  if (env === undefined || entrypoint === undefined || cmd === undefined) return null;
  return {
    env: (env ?? []).map(pair),
    entrypoint,
    cmd,
    user: isText(config.User) && config.User !== '' ? config.User : null,
    workingDir: isText(config.WorkingDir) && config.WorkingDir !== '' ? config.WorkingDir : null,
    labels,
    architecture,
    os,
  };
}

/** No program can be given a NUL. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

/** A list of words, null where there is none or an empty one, undefined for anything else. */
function words(value: unknown): string[] | null | undefined {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value) || !value.every(isText)) return undefined;
  return value.length === 0 ? null : value;
}

function labelsOf(value: unknown): Record<string, string> | null {
  const labels = objectOf(value ?? {});
  if (labels === null) return null;
  return Object.values(labels).every(isText) ? (labels as Record<string, string>) : null;
}

function pair(text: string): [name: string, value: string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}
