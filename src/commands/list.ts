import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { listAnywhere, type TakeNames } from '../cvmfs/list-anywhere.ts';
import { namePattern } from '../cvmfs/name-pattern.ts';
import type { HttpView } from '../cvmfs/no-mount/http-view.ts';
import { tellHttp } from '../cvmfs/no-mount/tell-http.ts';
import { CvmfsUnreachableError } from '../cvmfs/unreachable.ts';
import { EXIT } from '../errors.ts';
import { httpWishesOf } from '../job/http-options.ts';
import { searchOf } from '../job/locate.ts';
import { speaker } from '../output/console.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';
import { CVMFS_OPTIONS, HTTP_OPTIONS, JSON_OPTION } from './common-options.ts';

/** `jcds list`: the published images, as they are found. */
export const list: CommandDeclaration = {
  name: 'list',
  summary: 'List the published images',
  description:
    'Prints one name a line, REPOSITORY:TAG as it stands below the CVMFS repository. PATTERN is a shell glob over the whole name; without glob characters it is a beginning. Ends with 0, with 1 when nothing matches, with 75 when CVMFS cannot be seen. Where nothing is mounted the signed repository is read over HTTP.',
  arguments: [{ name: 'pattern', description: 'which names: a glob, or a beginning', optional: true }],
  options: [
    {
      ...JSON_OPTION,
      description: 'print one JSON object a line: repository, name, path, mounted, verified',
    },
    ...CVMFS_OPTIONS,
    ...HTTP_OPTIONS,
  ],
  examples: [["jcds list 'nica/*:latest'", 'the newest images of a group']],
  async action(call, context) {
    const say = speaker(call.options, context);
    const { settings, notes } = loadConfiguration(context, settingsOf(call.options));
    for (const note of notes) say.warn(note);
    const search = searchOf(settings, context);
    const matches = call.arguments[0] === undefined ? null : namePattern(call.arguments[0]);
    const wishes = httpWishesOf(call.options, settings, context);
    let printed = 0;
    for (const row of search.repositories) {
      const take: TakeNames = (names, _layout, http) => {
        if (names.length === 0 && http !== null) tellHttp(http, say, context);
        const wanted = matches === null ? names : names.filter(matches);
        printed += wanted.length;
        const lines = flag(call, 'json')
          ? wanted.map(name => line(search.root, row.name, name, http))
          : wanted;
        return wanted.length === 0 || context.stdout.write(`${lines.join('\n')}\n`);
      };
      const question = { root: search.root, row, timeout: search.timeout };
      const end = await listAnywhere(question, take, wishes, context);
      if (end.state === 'unreachable') throw new CvmfsUnreachableError(end.repository, end.reason);
      if (end.state === 'stopped') break;
      if (end.refused > 0)
        say.warn(
          `${end.refused} names in ${row.name} hold characters that no terminal should get, and were left out`,
        );
    }
    return exit(printed > 0 ? EXIT.ok : EXIT.no);
  },
};

/** A line of `list --json`. */
function line(root: string, repository: string, name: string, http: HttpView | null): string {
  const path = `${root}/${repository}/${name}`;
  return JSON.stringify({ repository, name, path, mounted: http === null, verified: http?.verified ?? null });
}
