import type { Call } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { findAllAnywhere } from '../cvmfs/find-anywhere.ts';
import { findPublication } from '../cvmfs/find-publication.ts';
import { tellHttp } from '../cvmfs/no-mount/tell-http.ts';
import { requirePublished } from '../cvmfs/publication.ts';
import { EXIT } from '../errors.ts';
import { httpWishesOf } from '../job/http-options.ts';
import { readImageName, searchOf } from '../job/locate.ts';
import { speaker } from '../output/console.ts';
import { jsonLine } from '../output/json.ts';
import { safeText, textLines } from '../output/safe-text.ts';
import { colorWish, type Style, styleFor } from '../output/style.ts';
import { table } from '../output/table.ts';
import { type Round, watch } from '../output/watch.ts';
import { wrap } from '../output/wrap-text.ts';
import { cacheJson } from '../status/cache-json.ts';
import { type CacheReport, gatherCacheReport } from '../status/cache-report.ts';
import { cacheRows, cleaningLines, whyNoClient } from '../status/cache-rows.ts';
import { deadlineIn } from '../status/deadline.ts';
import { gatherImageCache } from '../status/image-cache.ts';
import { imageCacheJson, imageCacheRows } from '../status/image-cache-report.ts';
import { storePlaces } from '../store-directory.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { CVMFS_OPTIONS, HTTP_OPTIONS, JSON_OPTION } from './common-options.ts';

/** Milliseconds between two rounds of --watch: nothing here leaves this host. */
const PAUSE = 10_000;

/** `jcds cache`: all caches of this host, or the share that one image has. */
export const cache: CommandDeclaration = {
  name: 'cache',
  summary: 'Say what is cached on this host: by CVMFS, by the runtimes, by jcds; or of one image',
  description:
    'Without IMAGE, a table of all caches with what each number means and covers (docs/cache.md). With IMAGE, how large it is unpacked, and how much of it is on this host already.',
  arguments: [
    {
      name: 'image',
      description: 'reference (registry/repository:tag), or a path under the CVMFS root',
      optional: true,
      completes: 'image',
    },
  ],
  options: [
    { flags: '--watch', description: 'look again and again, until interrupted' },
    JSON_OPTION,
    ...CVMFS_OPTIONS,
    ...HTTP_OPTIONS,
  ],
  examples: [
    ['jcds cache', 'is the cache too small, and is it of use?'],
    ['jcds cache library/debian:12', 'how much would a job download?'],
  ],
  async action(call, context) {
    const { settings, notes } = loadConfiguration(context, settingsOf(call.options));
    const say = speaker(call.options, context);
    for (const note of notes) say.warn(note);
    const [image] = call.arguments;
    const look = image === undefined ? reportRound : imageRound;
    const style = await styleFor(context.stdout, colorWish(call.options), context.environment);
    let isFirst = true;
    const round = async (): Promise<Round> => {
      const asked = { call, settings, style, isFirst };
      isFirst = false;
      return look(asked, context);
    };
    if (flag(call, 'watch')) return exit(await watch(round, context.stdout, PAUSE));
    const { text, code } = await round();
    context.stdout.write(text);
    return exit(code);
  },
};

interface Asked {
  readonly call: Call;
  readonly settings: Settings;
  readonly style: Style;
  /** Of several rounds; what --forget-revision says is done once. */
  readonly isFirst: boolean;
}

async function reportRound({ call, settings, style }: Asked, context: Context): Promise<Round> {
  const { root, repositories, timeout } = searchOf(settings, context);
  const names = repositories.map(({ name }) => name);
  const { own: store } = storePlaces(settings, context);
  const question = { root, repositories: names, store, timeout: timeout * 1000 };
  const report = await gatherCacheReport(question, context);
  if (flag(call, 'json')) return { text: jsonLine(cacheJson(report)), code: EXIT.ok };
  const parts = [
    await draw(['CACHE', 'NUMBER', 'AMOUNT', 'WHAT IT MEANS'], cacheRows(report), style, context),
    textLines(whyNoClient(report).flatMap(line => folded(line, context))),
    flag(call, 'verbose') ? textLines(cleaningLines(clientOf(report), cleanable(report))) : '',
  ];
  return { text: parts.filter(part => part !== '').join('\n'), code: EXIT.ok };
}

function cleanable({ runtimes, store }: CacheReport): CacheReport['runtimes'] {
  return store.size.state === 'absent' ? runtimes : [...runtimes, store];
}

/** A sentence as wide as the terminal. */
function folded(text: string, { stdout }: Pick<Context, 'stdout'>): string[] {
  return stdout.isTerminal ? wrap(safeText(text, 2000), Math.max(8, stdout.columns)) : [text];
}

function clientOf({ repositories }: CacheReport): string | undefined {
  return repositories.find(({ isClients }) => isClients)?.repository;
}

async function imageRound({ call, settings, style, isFirst }: Asked, context: Context): Promise<Round> {
  const search = searchOf(settings, context);
  const deadline = deadlineIn(search.timeout * 1000);
  const platform = stringOption(call, 'platform');
  const { name, image } = readImageName(call.arguments[0], { settings }, search.root, platform);
  const wished = httpWishesOf(call.options, settings, context);
  const requested = { ...wished, forgetRevision: wished.forgetRevision && isFirst };
  const onMounts = async () => [
    { publication: await findPublication(image, search, context), facts: null, unread: null },
  ];
  const [found] = await findAllAnywhere([image], onMounts, search, requested, context);
  const seen = found!;
  if (seen.http !== null) tellHttp(seen.http, speaker(call.options, context), context);
  const published = requirePublished(seen.publication, name, call.options);
  const question = { published, overHttp: seen.overHttp, search, requested, deadline };
  const gathered = await gatherImageCache(question, context);
  const text = flag(call, 'json')
    ? jsonLine(imageCacheJson(published, seen, gathered))
    : await draw(['NUMBER', 'AMOUNT', 'WHAT IT MEANS'], imageCacheRows(gathered), style, context);
  return { text, code: EXIT.ok };
}

function draw(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
  { stdout }: Context,
): Promise<string> {
  return table({ head, rows, width: stdout.isTerminal ? stdout.columns : null, style });
}
