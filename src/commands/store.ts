import type { Call } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Context } from '../context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { formatReference, parseReference } from '../image/reference.ts';
import { bytesText } from '../output/amount.ts';
import { jsonLine } from '../output/json.ts';
import { textLines } from '../output/safe-text.ts';
import { colorWish, styleFor } from '../output/style.ts';
import { table } from '../output/table.ts';
import { storeNames } from '../repositories/layouts/store.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { type Copy, contentsOf, namesIn } from '../store/contents.ts';
import { inWorkplace, namedCopy, removeName, sweep, withStore } from '../store/enter.ts';
import { NoLocalCopyError } from '../store/errors.ts';
import { removeCopies, superfluousIn } from '../store/make-room.ts';
import { noteNames } from '../store/note-names.ts';
import { isStore } from '../store/places.ts';
import { type StorePlaces, storePlaces } from '../store-directory.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { JSON_OPTION } from './common-options.ts';

/** `jcds store list`: the local copies of all stores. */
const storeList: CommandDeclaration = {
  group: 'store',
  name: 'list',
  summary: 'List the local copies of images (docs/local.md)',
  arguments: [],
  options: [JSON_OPTION],
  async action(call, context) {
    const { own, shared } = placesOf(call, context);
    const found = [...shared, own].flatMap(store => {
      const uid = store === own ? context.uid : null;
      return isStore(store, uid) ? contentsOf(store, uid).map(copy => ({ store, ...copy })) : [];
    });
    if (flag(call, 'json')) {
      const copies = found.map(({ hex, ...rest }) => ({ digest: `sha256:${hex}`, ...rest }));
      context.stdout.write(jsonLine({ schemaVersion: SCHEMA_VERSION, copies }));
      return exit(EXIT.ok);
    }
    const rows = found.map(({ names, hex, record, usedAt, store }) => [
      names.join('\n') || '(no name)',
      record === null ? '?' : bytesText(record.bytes),
      dateText(record?.madeAt ?? null),
      dateText(usedAt),
      `sha256:${hex.slice(0, 12)}`,
      ...(shared.length > 0 ? [store] : []),
    ]);
    const head = ['NAME', 'BYTES', 'MADE', 'USED', 'DIGEST', ...(shared.length > 0 ? ['STORE'] : [])];
    const style = await styleFor(context.stdout, colorWish(call.options), context.environment);
    const width = context.stdout.isTerminal ? context.stdout.columns : null;
    if (rows.length > 0) context.stdout.write(await table({ head, rows, width, style }));
    return exit(EXIT.ok);
  },
};

/** `jcds store remove`: names, and the content that none leads to any more. */
const storeRemove: CommandDeclaration = {
  group: 'store',
  name: 'remove',
  summary: 'Remove local copies of images',
  description: 'Jobs that run from a copy lose the files that they have not opened yet.',
  arguments: [{ name: 'image', description: 'the name of the copy', variadic: true, completes: 'image' }],
  options: [JSON_OPTION],
  async action(call, context) {
    const places = placesOf(call, context);
    const store = places.own;
    const wanted = call.arguments.map(text => {
      const [name = ''] = storeNames(parseReference(text));
      const isThere = isStore(store, context.uid) && namesIn(store, '', 0).some(([known]) => known === name);
      if (!isThere) throw new NoLocalCopyError(formatReference(parseReference(text)), [store]);
      return { name, hex: namedCopy(store, name) };
    });
    const gone = await withStore(places, context.uid, async held => {
      for (const { name } of wanted) removeName(held, name);
      const left = new Set(namesIn(held, '', 0).map(([, hex]) => hex));
      const unnamed = new Set(wanted.flatMap(({ hex }) => (hex === null || left.has(hex) ? [] : [hex])));
      const copies = contentsOf(held, context.uid).filter(({ hex }) => unnamed.has(hex));
      await removeAll(places, held, copies, context);
      noteNames(held, context);
      return copies;
    });
    return report(
      call,
      context,
      wanted.map(({ name }) => name),
      gone,
      false,
    );
  },
};

/** `jcds store prune`: the copies that were used least recently. */
const storePrune: CommandDeclaration = {
  group: 'store',
  name: 'prune',
  summary: 'Remove the local copies that were used least recently, and what killed pulls have left',
  arguments: [],
  options: [
    {
      flags: '--keep-bytes <number>',
      description: 'what the others may take, in bytes',
      variable: 'JCDS_STORE_BYTES',
    },
    { flags: '-n, --dry-run', description: 'say what would be removed' },
    JSON_OPTION,
  ],
  async action(call, context) {
    const { settings } = loadConfiguration(context, settingsOf(call.options));
    const places = storePlaces(settings, context);
    const store = places.own;
    const text = stringOption(call, 'keepBytes') ?? String(settings.storeBytes);
    if (!/^[0-9]{1,15}$/.test(text))
      throw new UsageError(`--keep-bytes ${JSON.stringify(text)} is no number of bytes`);
    const isDry = flag(call, 'dryRun');
    if (!isStore(store, context.uid)) return report(call, context, [], [], isDry);
    const gone = await withStore(places, context.uid, async held => {
      if (!isDry) sweep(held, context.now());
      const copies = superfluousIn(held, { bound: Number(text), keep: settings.storeKeep }, 0, context);
      if (isDry) return copies;
      await removeAll(places, held, copies, context);
      noteNames(held, context);
      return copies;
    });
    return report(
      call,
      context,
      gone.flatMap(({ names }) => names),
      gone,
      isDry,
    );
  },
};

export const storeCommands: readonly CommandDeclaration[] = [storeList, storeRemove, storePrune];

function placesOf({ options }: Call, context: Context): StorePlaces {
  return storePlaces(loadConfiguration(context, settingsOf(options)).settings, context);
}

/** @param store the user's own, held open */
async function removeAll(
  { own }: StorePlaces,
  store: string,
  gone: readonly Copy[],
  context: Context,
): Promise<void> {
  await inWorkplace(store, async workplace => removeCopies(store, own, gone, workplace, context));
}

function report(
  call: Call,
  context: Context,
  names: readonly string[],
  gone: readonly Copy[],
  dryRun: boolean,
): { readonly kind: 'exit'; readonly code: number } {
  const bytes = gone.reduce((sum, { record }) => sum + (record?.bytes ?? 0), 0);
  if (flag(call, 'json'))
    context.stdout.write(jsonLine({ schemaVersion: SCHEMA_VERSION, removed: names, bytes, dryRun }));
  else {
    const what = names.length === 0 ? 'nothing' : names.join(', ');
    context.stdout.write(
      textLines([`${dryRun ? 'would remove' : 'removed'}: ${what} (${bytesText(bytes)})`]),
    );
  }
  return { kind: 'exit', code: EXIT.ok };
}

function dateText(time: number | null): string {
  const date = new Date(time ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString().slice(0, 10);
}
