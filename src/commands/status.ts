import { amendIndex } from '../completion/index-file.ts';
import { refreshWhenDue } from '../completion/refresh.ts';
import { EXIT } from '../errors.ts';
import { searchWords } from '../job/search-words.ts';
import { jsonLine } from '../output/json.ts';
import { colorWish, styleFor } from '../output/style.ts';
import { type Round, watch } from '../output/watch.ts';
import { typedRepositories } from '../repositories/typed.ts';
import { gatherStatus, type StatusQuestion } from '../status/gather.ts';
import { seenNames } from '../status/index-names.ts';
import { exitCodeOf, reportText } from '../status/report.ts';
import { statusJson } from '../status/status-json.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';
import { CVMFS_OPTIONS, HTTP_OPTIONS, JSON_OPTION } from './common-options.ts';
import { askedAgain, statusQuestion } from './status-question.ts';

/** Milliseconds between two rounds of --watch: servers and, even more so, registries are others'. */
const PAUSE = 30_000;
const REGISTRY_PAUSE = 5 * 60_000;

/** `jcds status`: whether images are published, how current that is, and what is wrong with them. */
export const status: CommandDeclaration = {
  name: 'status',
  summary: 'Say whether images are published, whether this host is up to date, and what is wrong with them',
  description:
    'Each image is published, missing or unreachable (CVMFS could not be seen, so nothing is known), and may have findings: see docs/status.md. Ends with 75 when an image is unreachable, or missing while a newer revision may have it; else with 1 when one is missing or is another than the one named, else with 0; the other findings leave the code alone.',
  arguments: [
    {
      name: 'image',
      description: 'reference (registry/repository:tag), or a path under the CVMFS root',
      optional: true,
      variadic: true,
      completes: 'image',
    },
  ],
  options: [
    {
      flags: '--check-registry',
      description: 'ask the registry whether it still has the image, and whether it has a newer one',
    },
    { flags: '--watch', description: 'look again and again, until interrupted' },
    JSON_OPTION,
    ...CVMFS_OPTIONS,
    ...HTTP_OPTIONS,
  ],
  examples: [
    [
      'jcds status git.jinr.ru:5005/nica/docker-images/bmn:latest',
      'is it there, and is this host up to date?',
    ],
    [
      'jcds status -v --check-registry library/debian:12',
      'does the tag follow its registry? With the evidence',
    ],
  ],
  async action(call, context) {
    let question = statusQuestion(call, context);
    const style = await styleFor(context.stdout, colorWish(call.options), context.environment);
    const look = async (): Promise<Round> => {
      const statuses = await gatherStatus(question, context);
      question = askedAgain(question);
      for (const { repository, layout, ...seen } of seenNames(statuses, question.search.root))
        amendIndex(context, { name: repository, layout }, seen);
      const width = context.stdout.isTerminal ? context.stdout.columns : null;
      const typed = typedRepositories(call.options, namesOf(question));
      const text = flag(call, 'json')
        ? jsonLine(statuses.map(statusJson))
        : await reportText(statuses, { width, style, verbose: flag(call, 'verbose'), typed });
      return { text, code: exitCodeOf(statuses) };
    };
    if (flag(call, 'watch'))
      return exit(await watch(look, context.stdout, question.checkRegistry ? REGISTRY_PAUSE : PAUSE));
    const { text, code } = await look();
    context.stdout.write(text);
    const words = searchWords(call.options, context);
    if (code !== EXIT.later && words !== null) refreshWhenDue(context, namesOf(question), words);
    return exit(code);
  },
};

function namesOf({ search }: StatusQuestion): readonly string[] {
  return search.repositories.map(({ name }) => name);
}
