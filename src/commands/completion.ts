import { setPriority } from 'node:os';
import type { Call } from '../call.ts';
import { noteSearched, updateIndex } from '../completion/index-file.ts';
import { MOST_NAMES } from '../completion/index-format.ts';
import { removeIndex } from '../completion/index-place.ts';
import { installFor, uninstallFor } from '../completion/install.ts';
import { describeInstall } from '../completion/install-report.ts';
import { startRefresh } from '../completion/refresh.ts';
import { SHELLS, type ShellName, shippedScript } from '../completion/script-files.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { isUsual, loadConfiguration } from '../configuration/load.ts';
import type { Context } from '../context.ts';
import { listAnywhere, type TakeNames } from '../cvmfs/list-anywhere.ts';
import { CvmfsUnreachableError } from '../cvmfs/unreachable.ts';
import { EXIT, UsageError } from '../errors.ts';
import { httpWishesOf } from '../job/http-options.ts';
import { searchOf } from '../job/locate.ts';
import { printNote, speaker } from '../output/console.ts';
import { safeText } from '../output/safe-text.ts';
import type { LayoutName } from '../repositories/layouts/index.ts';
import { type CommandDeclaration, exit } from './command.ts';
import { CVMFS_OPTIONS, HTTP_OPTIONS } from './common-options.ts';

const SHELL_ARGUMENT = {
  name: 'shell',
  description: `${SHELLS.join(', ')}; all of them when none is named`,
  optional: true,
  variadic: true,
  choices: SHELLS,
} as const;

/** What to write into a start-up file where `install` is not wanted. */
const SOURCED: Readonly<Record<ShellName, string>> = {
  bash: 'source <(jcds completion bash)',
  zsh: 'source <(jcds completion zsh)',
  fish: 'jcds completion fish | source',
};

/** `jcds completion bash|zsh|fish|install|uninstall|refresh`. */
export const completionCommands: readonly CommandDeclaration[] = [
  ...SHELLS.map(shell => ({
    group: 'completion',
    name: shell,
    summary: `Print the completion script for ${shell}`,
    description: `For a start-up file of your own: ${SOURCED[shell]}. \`jcds completion install\` does without it, and lists the published names.`,
    arguments: [],
    options: [],
    async action(_call: Call, context: Context) {
      context.stdout.write(shippedScript(shell, context));
      return exit(EXIT.ok);
    },
  })),
  {
    group: 'completion',
    name: 'install',
    summary: 'Let bash, zsh and fish complete commands, options and published names',
    description:
      'Writes one file for each shell into your home directory. Where a shell that you use would not find it, a marked block at the end of ~/.bashrc or ~/.zshrc tells it. The published names are then listed in the background.',
    arguments: [SHELL_ARGUMENT],
    options: [
      {
        flags: '--no-startup-files',
        description: 'print the lines for ~/.bashrc or ~/.zshrc instead of adding them',
      },
    ],
    examples: [['jcds completion install', 'all shells; then type: jcds run <TAB>']],
    async action(call, context) {
      const rows = [];
      for (const shell of shellsOf(call))
        rows.push(await installFor(shell, context, call.options.startupFiles !== false));
      context.stdout.write(describeInstall(rows));
      startRefresh(context);
      return exit(rows.every(({ script }) => script === 'written') ? EXIT.ok : EXIT.no);
    },
  },
  {
    group: 'completion',
    name: 'uninstall',
    summary: 'Remove what `completion install` has written, and the index of names',
    arguments: [SHELL_ARGUMENT],
    options: [],
    async action(call, context) {
      const rows = [];
      for (const shell of shellsOf(call)) rows.push(await uninstallFor(shell, context));
      context.stdout.write(describeInstall(rows));
      const kept = call.arguments.length === 0 ? removeIndex(context) : null;
      if (kept !== null) printNote(context, `the index of names was not removed: ${kept}`);
      return exit(
        kept === null && rows.every(({ script }) => typeof script === 'string') ? EXIT.ok : EXIT.no,
      );
    },
  },
  {
    group: 'completion',
    name: 'refresh',
    summary: 'List the published names anew for completion',
    description:
      '`list`, `status` and `completion install` start this in the background when the names are old; TAB and `run` never do.',
    arguments: [],
    options: [...CVMFS_OPTIONS, ...HTTP_OPTIONS],
    action: refresh,
  },
];

function shellsOf(call: Call): readonly ShellName[] {
  const unknown = call.arguments.find(word => !(SHELLS as readonly string[]).includes(word));
  if (unknown !== undefined)
    throw new UsageError(
      `there is no completion for ${JSON.stringify(safeText(unknown))}`,
      `name one of ${SHELLS.join(', ')}`,
    );
  return call.arguments.length === 0 ? SHELLS : (call.arguments as readonly ShellName[]);
}

/** Lists every repository that is searched; one that cannot be seen keeps its old names. */
async function refresh(call: Call, context: Context) {
  // It has all the time in the world, and the user has other work.
  setPriority(19);
  const say = speaker(call.options, context);
  const { settings, sources } = loadConfiguration(context, settingsOf(call.options));
  const search = searchOf(settings, context);
  if (isUsual(sources.repositories, context)) noteSearched(context, settings.repositories);
  const requested = httpWishesOf(call.options, settings, context);
  let unseen: CvmfsUnreachableError | null = null;
  let isWritten = true;
  for (const row of search.repositories) {
    const paths: string[] = [];
    let layout: LayoutName = 'osg';
    let isProven = true;
    const take: TakeNames = (names, found, http) => {
      layout = found;
      isProven = http?.verified !== false;
      for (const name of names) paths.push(name);
      return paths.length <= MOST_NAMES;
    };
    const end = await listAnywhere(
      { root: search.root, row, timeout: search.timeout },
      take,
      requested,
      context,
    );
    if (end.state === 'unreachable') {
      unseen ??= new CvmfsUnreachableError(end.repository, end.reason);
      continue;
    }
    if (!isProven) {
      say.warn(`the names of ${row.name} were not kept: they are unverified`);
      continue;
    }
    const update = await updateIndex(context, { name: row.name, layout }, paths);
    if (update.kind === 'failed') {
      isWritten = false;
      say.warn(`the names of ${row.name} could not be written: ${update.reason}`);
    } else say.detail(`${update.names} names of ${row.name}, ${update.refused} left out`);
  }
  if (unseen !== null) throw unseen;
  return exit(isWritten ? EXIT.ok : EXIT.no);
}
