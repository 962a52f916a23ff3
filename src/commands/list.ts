import type { Call } from '../call.ts';
import { isJustKept } from '../completion/index-age.ts';
import type { ListedPlaces } from '../completion/keep-names.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { isUsual, loadConfiguration } from '../configuration/load.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import type { Search } from '../cvmfs/find-publication.ts';
import { listAnywhere, type TakeNames } from '../cvmfs/list-anywhere.ts';
import type { ListEnd } from '../cvmfs/list-publications.ts';
import { beginningOf, namePattern } from '../cvmfs/name-pattern.ts';
import type { HttpView } from '../cvmfs/no-mount/http-view.ts';
import { tellHttp } from '../cvmfs/no-mount/tell-http.ts';
import { CvmfsUnreachableError } from '../cvmfs/unreachable.ts';
import { EXIT } from '../errors.ts';
import { httpWishesOf } from '../job/http-options.ts';
import { searchOf } from '../job/locate.ts';
import { searchWords } from '../job/search-words.ts';
import { speaker } from '../output/console.ts';
import { jsonLine } from '../output/json.ts';
import { safeText } from '../output/safe-text.ts';
import { LAYOUTS, type LayoutName } from '../repositories/layouts/index.ts';
import { listedName } from '../repositories/listed-name.ts';
import { storePlaces } from '../store-directory.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';
import { CVMFS_OPTIONS, HTTP_OPTIONS, JSON_OPTION } from './common-options.ts';

/** `jcds list`: the published images, as they are found. */
export const list: CommandDeclaration = {
  name: 'list',
  summary: 'List the published images',
  description:
    'Prints one name a line, as it is typed to get that image: mostly REPOSITORY:TAG as it stands below the CVMFS repository, or the whole path where no name leads to it. PATTERN is a shell glob over the whole name; without glob characters it is a beginning. Ends with 0, with 1 when nothing matches, with 75 when CVMFS cannot be seen, or a directory of it that may hold such names (the others are listed all the same). Where nothing is mounted the signed repository is read over HTTP. --local asks for none of it.',
  arguments: [{ name: 'pattern', description: 'which names: a glob, or a beginning', optional: true }],
  options: [
    { flags: '--local', description: 'list the local copies instead, by name (docs/local.md)' },
    {
      ...JSON_OPTION,
      description: 'print one JSON object a line: repository, name, path, mounted, verified',
    },
    ...CVMFS_OPTIONS,
    ...HTTP_OPTIONS,
  ],
  examples: [
    ["jcds list 'nica/*:latest'", 'the newest images of a group'],
    ['jcds list --local', 'what `jcds run --local` starts without a network'],
  ],
  async action(call, context) {
    const say = speaker(call.options, context);
    const { settings, sources, notes } = loadConfiguration(context, settingsOf(call.options));
    for (const note of notes) say.warn(note);
    const search = searchOf(settings, context);
    const matches = call.arguments[0] === undefined ? null : namePattern(call.arguments[0]);
    if (flag(call, 'local')) return listCopies(call, settings, matches, context);
    const requested = httpWishesOf(call.options, settings, context);
    const listed: Listed[] = [];
    let end: ListEnd = { state: 'listed', refused: 0 };
    let isPartial = false;
    const nameOf = namesToType(search);
    const print: Print = (paths, row, layout, http) => {
      const lines = paths.map(path => {
        const name = nameOf(path, row, layout);
        return flag(call, 'json') ? line(search.root, { repository: row, path, name }, http) : name;
      });
      return paths.length === 0 || context.stdout.write(`${lines.join('\n')}\n`);
    };
    for (const row of search.repositories) {
      const one: Listed = { name: row.name, layout: null, paths: [], isWhole: false, isVerified: true };
      listed.push(one);
      const take: TakeNames = (names, layout, http) => {
        if (names.length === 0 && http !== null) tellHttp(http, say, context);
        const wanted = matches === null ? names : names.filter(matches);
        note(one, wanted, layout, http);
        return print(wanted, row.name, layout, http);
      };
      const beginning = beginningOf(call.arguments[0] ?? '');
      const question = { root: search.root, row, timeout: search.timeout, beginning };
      end = await listAnywhere(question, take, requested, context);
      if (end.state !== 'listed') break;
      const unseen = end.unseen ?? [];
      one.isWhole = matches === null && unseen.length === 0;
      isPartial ||= unseen.length > 0;
      for (const { detail } of unseen) say.warn(`${detail}: the names in it are not listed`);
      if (end.refused > 0)
        say.warn(
          `${end.refused} names in ${row.name} hold characters that no terminal should get, and were left out`,
        );
    }
    const areUsual = isUsual(sources.repositories, context);
    const searched = areUsual ? call.options : { ...call.options, repository: settings.repositories };
    const words = end.state === 'listed' ? searchWords(searched, context) : null;
    // Whoever closed the pipe waits for this process to end.
    if (end.state !== 'stopped')
      await keepNames(listed, { repositories: settings.repositories, areUsual, words }, context);
    if (end.state === 'unreachable') throw new CvmfsUnreachableError(end.repository, end.reason);
    if (isPartial) return exit(EXIT.later);
    return exit(listed.some(({ paths }) => paths.length > 0) ? EXIT.ok : EXIT.no);
  },
};

/** `--local`: names in the stores that lead to a copy. */
async function listCopies(
  call: Call,
  settings: Settings,
  matches: ((name: string) => boolean) | null,
  context: Context,
) {
  const { namedCopies } = await import('../store/known-copy.ts');
  const copies = namedCopies(storePlaces(settings, context), context.uid);
  const wanted = copies.filter(({ name }) => matches === null || matches(name));
  for (const { store, name } of wanted) {
    const text = flag(call, 'json')
      ? jsonLine({ store, name, path: `${store}/${name}` })
      : `${safeText(name, 1000)}\n`;
    if (!context.stdout.write(text)) break;
  }
  return exit(wanted.length > 0 ? EXIT.ok : EXIT.no);
}

/** Prints what stands at paths of a repository; false: nobody reads it any more. */
type Print = (
  paths: readonly string[],
  repository: string,
  layout: LayoutName,
  http: HttpView | null,
) => boolean;

/**
 * What leads to the image at a path when it is typed: its name, or the path from the root on where no name does. An image of
 * the same name in a repository that is searched before takes the name.
 */
function namesToType({ root, repositories }: Search) {
  const taken = new Set<string>();
  return (path: string, repository: string, layout: LayoutName): string => {
    const name = listedName(path, LAYOUTS[layout]);
    if (name === null || taken.has(name)) return `${root}/${repository}/${path}`;
    if (repositories.length > 1) taken.add(name);
    return name;
  };
}

/** What was listed of one repository. */
interface Listed {
  readonly name: string;
  readonly paths: string[];
  /** null: no name was found. */
  layout: LayoutName | null;
  isWhole: boolean;
  isVerified: boolean;
}

function note(one: Listed, names: readonly string[], layout: LayoutName, http: HttpView | null): void {
  one.layout = layout;
  one.isVerified = http?.verified !== false;
  for (const name of names) one.paths.push(name);
}

/** The names at TAB are made of what was listed, as long as it is proven. It is all on the screen by now. */
async function keepNames(listed: readonly Listed[], places: ListedPlaces, context: Context): Promise<void> {
  if (listed.every(({ name, paths, isWhole }) => isWhole && isJustKept(context, name, paths.length))) return;
  const { keepListedNames } = await import('../completion/keep-names.ts');
  const names = listed.flatMap(({ layout, isVerified, ...rest }) =>
    layout === null || !isVerified ? [] : [{ ...rest, layout }],
  );
  await keepListedNames(context, names, places);
}

/** A line of `list --json`. */
function line(
  root: string,
  { repository, path, name }: { readonly repository: string; readonly path: string; readonly name: string },
  http: HttpView | null,
): string {
  return jsonLine({
    repository,
    name,
    path: `${root}/${repository}/${path}`,
    mounted: http === null,
    verified: http?.verified ?? null,
  }).trimEnd();
}
