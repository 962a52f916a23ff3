import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { listPublications } from '../cvmfs/list-publications.ts';
import { namePattern } from '../cvmfs/name-pattern.ts';
import { CvmfsUnreachableError } from '../cvmfs/unreachable.ts';
import { EXIT } from '../errors.ts';
import { searchOf } from '../job/locate.ts';
import { speaker } from '../output/console.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';
import { CVMFS_OPTIONS, JSON_OPTION } from './common-options.ts';

/** `jcds list`: the published images, as they are found. */
export const list: CommandDeclaration = {
  name: 'list',
  summary: 'List the published images',
  description:
    'Prints one name a line, REPOSITORY:TAG as it stands below the CVMFS repository. PATTERN is a shell glob over the whole name; without glob characters it is a beginning. Ends with 0, with 1 when nothing matches, with 75 when CVMFS cannot be seen.',
  arguments: [{ name: 'pattern', description: 'which names: a glob, or a beginning', optional: true }],
  options: [
    { ...JSON_OPTION, description: 'print one JSON object a line: repository, name, path' },
    ...CVMFS_OPTIONS,
  ],
  examples: [["jcds list 'nica/*:latest'", 'the newest images of a group']],
  async action(call, context) {
    const say = speaker(call.options, context);
    const { settings, notes } = loadConfiguration(context, settingsOf(call.options));
    for (const note of notes) say.warn(note);
    const search = searchOf(settings, context);
    const matches = call.arguments[0] === undefined ? null : namePattern(call.arguments[0]);
    let printed = 0;
    for (const row of search.repositories) {
      const lineOf = flag(call, 'json')
        ? (name: string) =>
            JSON.stringify({ repository: row.name, name, path: `${search.root}/${row.name}/${name}` })
        : (name: string) => name;
      const take = (names: readonly string[]): boolean => {
        const wanted = matches === null ? names : names.filter(matches);
        printed += wanted.length;
        return wanted.length === 0 || context.stdout.write(`${wanted.map(lineOf).join('\n')}\n`);
      };
      const end = await listPublications({ root: search.root, row, timeout: search.timeout }, take, context);
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
