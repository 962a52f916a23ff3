import { jsonLine } from '../output/json.ts';
import { StateUnreadableError } from './errors.ts';
import type { PublishedLayout } from './layout.ts';
import type { Absence, Failure, RepositoryState } from './situation.ts';

/** What a target tells of its repository; nothing of it is believed yet. */
export interface Contents {
  /** By published path: the text of the link there. */
  readonly links: ReadonlyMap<string, string>;
  readonly others: ReadonlySet<string>;
  readonly directories: ReadonlySet<string>;
  /** By name of the file below the root; those that are not there are missing. */
  readonly records: ReadonlyMap<string, string>;
}

/** Where a service keeps what it knows, in the repository itself: no cache of a CI job is as old as what is published. */
export const RECORDS = {
  manifests: '.jcds/manifests.json',
  absences: '.jcds/absences.json',
  failures: '.jcds/failures.json',
  status: '.jcds/status.json',
  /** OSG's software reads and writes it too. */
  unlinked: '.missing_links.json',
} as const;

/** The state of a repository, and what the last cycle has said of it. */
export interface KnownState extends RepositoryState {
  /** The platform that its images are for; null: nothing was published yet. */
  readonly platform: string | null;
  /** How many lines the list had last time; null: there was none. */
  readonly listed: number | null;
  /** By published path: what was said of it last time, and since when. */
  readonly told: ReadonlyMap<string, Told>;
}

/** A row of the last status. */
export interface Told {
  readonly state: string;
  readonly directory: string | null;
  readonly since: string;
}

/** Reads what a target tells. Throws StateUnreadableError. */
export function stateOf(target: string, contents: Contents, layout: PublishedLayout): KnownState {
  const read = <T>(file: string, parse: (fields: Fields) => T, otherwise: T): T => {
    const text = contents.records.get(file);
    if (text === undefined) return otherwise;
    try {
      return parse(objectOf(JSON.parse(text)));
    } catch (thrown) {
      throw new StateUnreadableError(target, file, thrown instanceof Error ? thrown.message : 'unknown');
    }
  };
  const manifests = read<{ platform: string | null; map: Map<string, string> }>(
    RECORDS.manifests,
    fields => ({ platform: textOf(fields.platform), map: mapOf(fields.manifests, textOf) }),
    { platform: null, map: new Map() },
  );
  const status = read<{ listed: number | null; told: Map<string, Told> }>(
    RECORDS.status,
    fields => ({ listed: countOf(fields.listed), told: toldIn(fields.images) }),
    { listed: null, told: new Map() },
  );
  const links = [...contents.links].map(([path, text]) => [path, layout.leadsTo(path, text)] as const);
  return {
    links: new Map(links),
    others: contents.others,
    directories: contents.directories,
    platform: manifests.platform,
    manifests: manifests.map,
    absences: read(RECORDS.absences, fields => mapOf(fields.absences, absenceOf), new Map()),
    failures: read(RECORDS.failures, fields => mapOf(fields.failures, failureOf), new Map()),
    unlinked: read(RECORDS.unlinked, fields => mapOf(fields.missing_links, countOf), new Map()),
    ...status,
  };
}

/** Directories that many digests were made into (an index that is pushed anew with the same image) keep the last of them. */
const MOST_DIGESTS = 8;

/** The text of the map from digests to directories: of those that are there. */
export function manifestsText(
  manifests: ReadonlyMap<string, string>,
  directories: ReadonlySet<string>,
  platform: string,
): string {
  const kept: [string, string][] = [];
  const counts = new Map<string, number>();
  for (const [digest, directory] of [...manifests].reverse()) {
    const count = (counts.get(directory) ?? 0) + 1;
    counts.set(directory, count);
    if (count <= MOST_DIGESTS && directories.has(directory)) kept.push([digest, directory]);
  }
  return jsonLine({ schemaVersion: 1, platform, manifests: Object.fromEntries(kept.reverse()) });
}

/** The texts of the other records. */
export function recordTexts({
  absences,
  failures,
  unlinked,
}: Pick<RepositoryState, 'absences' | 'failures' | 'unlinked'>): [file: string, text: string][] {
  return [
    [RECORDS.absences, jsonLine({ schemaVersion: 1, absences: Object.fromEntries(absences) })],
    [RECORDS.failures, jsonLine({ schemaVersion: 1, failures: Object.fromEntries(failures) })],
    [RECORDS.unlinked, jsonLine({ missing_links: Object.fromEntries(unlinked) })],
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function objectOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it is no object');
  return value as Fields;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string' || value.length > 4096) throw new Error('a text is missing');
  return value;
}

/** OSG's software writes fractions of a second. */
function countOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new Error('a number is missing');
  return value;
}

function mapOf<T>(value: unknown, parse: (value: unknown) => T): Map<string, T> {
  return new Map(Object.entries(objectOf(value)).map(([key, inner]) => [key, parse(inner)]));
}

function absenceOf(value: unknown): Absence {
  const { first, last, cycles } = objectOf(value);
  return { first: countOf(first), last: countOf(last), cycles: countOf(cycles) };
}

function failureOf(value: unknown): Failure {
  const { digest, code, text, at, version } = objectOf(value);
  return {
    digest: textOf(digest),
    code: textOf(code),
    text: textOf(text),
    at: countOf(at),
    version: textOf(version),
  };
}

function toldIn(value: unknown): Map<string, Told> {
  if (!Array.isArray(value)) throw new Error('a list is missing');
  const rows = value.map(objectOf).filter(({ path }) => path !== null);
  return new Map(
    rows.map(({ path, state, directory, since }) => [
      textOf(path),
      {
        state: textOf(state),
        directory: directory === null ? null : textOf(directory),
        since: textOf(since),
      },
    ]),
  );
}
