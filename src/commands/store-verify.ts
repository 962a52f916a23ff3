import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { EXIT } from '../errors.ts';
import { formatReference, parseReference } from '../image/reference.ts';
import { jsonLine } from '../output/json.ts';
import { progress } from '../output/progress.ts';
import { textLines } from '../output/safe-text.ts';
import { storeNames } from '../repositories/layouts/store.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { type Copy, contentsOf } from '../store/contents.ts';
import { NoLocalCopyError } from '../store/errors.ts';
import { isStore } from '../store/places.ts';
import { type Verified, verifyCopy } from '../store/verify.ts';
import { allStores, storePlaces } from '../store-directory.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';
import { JSON_OPTION } from './common-options.ts';

/** Differences that people are told by name. */
const MOST_NAMES = 20;

/** `jcds store verify`: whether copies are as they were made. */
export const storeVerify: CommandDeclaration = {
  group: 'store',
  name: 'verify',
  summary: 'Compare the files of local copies with what was recorded when they were made',
  description:
    'Compares every name in a copy: its kind, mode, size and content, and where links lead. Without IMAGE, all copies of all stores. Ends with 0 when all are as they were made, else with 1: also for a copy of which nothing was recorded.',
  arguments: [
    { name: 'image', description: 'the name of a copy', optional: true, variadic: true, completes: 'image' },
  ],
  options: [JSON_OPTION],
  async action(call, context) {
    const places = storePlaces(loadConfiguration(context, settingsOf(call.options)).settings, context);
    const all = allStores(places).flatMap(store => {
      const uid = store === places.own ? context.uid : null;
      return isStore(store, uid) ? contentsOf(store, uid).map(copy => ({ store, ...copy })) : [];
    });
    const wanted = call.arguments.flatMap(text => {
      const reference = parseReference(text);
      const [name = ''] = storeNames(reference);
      const found = all.filter(({ names }) => names.includes(name));
      if (found.length === 0) throw new NoLocalCopyError(formatReference(reference), allStores(places));
      return found;
    });
    const shown = progress(context.stderr, {
      quiet: flag(call, 'quiet') || flag(call, 'json') || !context.stderr.isTerminal,
      dumb: context.environment.TERM === 'dumb',
    });
    const reports: Report[] = [];
    try {
      for (const copy of call.arguments.length === 0 ? all : wanted) {
        const tell = (names: number) => shown.update(`${nameOf(copy)}: ${names} names compared`);
        reports.push({ ...copy, verified: await verifyCopy(copy.store, copy.hex, tell) });
      }
    } finally {
      shown.end();
    }
    const text = flag(call, 'json') ? jsonLine(reportJson(reports)) : textLines(reports.flatMap(linesOf));
    context.stdout.write(text);
    return exit(reports.every(isWhole) ? EXIT.ok : EXIT.no);
  },
};

interface Report extends Copy {
  readonly store: string;
  readonly verified: Verified | null;
}

function isWhole({ verified }: Report): boolean {
  return verified !== null && verified.differences.length === 0;
}

function nameOf({ names, hex }: Pick<Copy, 'names' | 'hex'>): string {
  return names.length === 0 ? `sha256:${hex}` : names.join(', ');
}

function linesOf(report: Report): string[] {
  const { verified } = report;
  if (verified === null)
    return [`${nameOf(report)}: cannot be compared: nothing was recorded; jcds pull --again makes it anew`];
  const { entries, differences } = verified;
  if (differences.length === 0) return [`${nameOf(report)}: as it was made (${entries} names)`];
  const more = differences.length - MOST_NAMES;
  return [
    `${nameOf(report)}: ${differences.length} differences from what was made (${entries} names)`,
    ...differences.slice(0, MOST_NAMES).map(({ kind, path }) => `  ${kind}: ${JSON.stringify(textOf(path))}`),
    ...(more > 0 ? [`  and ${more} more: --json has all`] : []),
  ];
}

function reportJson(reports: readonly Report[]) {
  const copies = reports.map(({ store, hex, names, verified }) => ({
    ...{ store, digest: `sha256:${hex}`, names },
    state: verified === null ? 'unrecorded' : verified.differences.length === 0 ? 'same' : 'different',
    entries: verified?.entries ?? null,
    differences: verified?.differences.map(({ kind, path }) => ({ kind, path: textOf(path) })) ?? null,
  }));
  return { schemaVersion: SCHEMA_VERSION, copies };
}

function textOf(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}
