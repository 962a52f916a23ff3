import type { Call } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../errors.ts';
import { printNote, speaker } from '../output/console.ts';
import { jsonLine } from '../output/json.ts';
import { colorWish, type Meaning, styleFor } from '../output/style.ts';
import { type Cell, table } from '../output/table.ts';
import { type OwnRequest, ownRequestsTo } from '../publication-requests/own-requests.ts';
import { NetworkForbiddenError, NoWishlistError, servicesOf } from '../publication-requests/service.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';
import { CVMFS_OPTIONS, JSON_OPTION } from './common-options.ts';

/** `jcds requests`: what this user has asked for, and where it stands. */
export const requests: CommandDeclaration = {
  name: 'requests',
  summary: 'Show what you have asked for, and where it stands',
  description:
    'Lists your requests that jcds made, newest first: open, check failed, conflicting, refused, merged, newer revision at the server, visible here. What is visible here, and what was refused and asked for again, is left out without --all.',
  arguments: [],
  options: [
    { flags: '-a, --all', description: 'also those that are finished' },
    { ...JSON_OPTION, description: 'print one JSON object a line for each request' },
    ...CVMFS_OPTIONS.filter(({ flags }) => !flags.startsWith('--platform')),
  ],
  async action(call, context) {
    const say = speaker(call.options, context);
    const { settings, notes } = loadConfiguration(context, settingsOf(call.options));
    for (const note of notes) say.warn(note);
    const services = servicesOf(settings);
    if (services.length === 0) throw new NoWishlistError(settings.repositories);
    if (!settings.network) throw new NetworkForbiddenError();
    const found: OwnRequest[] = [];
    for (const service of services) found.push(...(await ownRequestsTo(service, settings, context)));
    const shown = flag(call, 'all') ? found : found.filter(isUnfinished);
    if (flag(call, 'json'))
      for (const request of shown)
        context.stdout.write(jsonLine({ schemaVersion: SCHEMA_VERSION, ...request }));
    else if (shown.length > 0) await print(shown, call, context);
    else if (!flag(call, 'quiet'))
      printNote(
        context,
        found.length === 0 ? 'you have no requests' : 'all your requests are finished: --all shows them',
      );
    return exit(EXIT.ok);
  },
};

function isUnfinished({ stage, entry }: OwnRequest, index: number, all: readonly OwnRequest[]): boolean {
  if (stage === 'visible') return false;
  // Newest first: one that stands before was made later.
  return stage !== 'closed' || !all.slice(0, index).some(later => later.entry === entry);
}

const STAGES: Readonly<Record<OwnRequest['stage'], readonly [words: string, meaning: Meaning]>> = {
  open: ['open: waiting for the operators', 'unknown'],
  failed: ['its check failed', 'bad'],
  conflicting: ['in conflict: ask again to rebuild it', 'warning'],
  closed: ['refused', 'bad'],
  merged: ['merged: waiting for its conversion', 'good'],
  'newer-at-server': ['merged: newer revision at the server', 'good'],
  visible: ['visible here', 'good'],
};

async function print(shown: readonly OwnRequest[], call: Call, context: Context): Promise<void> {
  const style = await styleFor(context.stdout, colorWish(call.options), context.environment);
  const rows = shown.map((request): Cell[] => {
    const [text, meaning] = STAGES[request.stage];
    const twins = request.twins.map(
      ({ url, author }) => `also asked for${author === null ? '' : ` by ${author}`}: ${url}`,
    );
    return [
      request.entry,
      { text, meaning },
      [request.url, request.detail, ...twins].filter(Boolean).join('; '),
    ];
  });
  const width = context.stdout.isTerminal ? context.stdout.columns : null;
  context.stdout.write(await table({ head: ['IMAGE', 'STANDS', 'SEE'], rows, width, style }));
}
