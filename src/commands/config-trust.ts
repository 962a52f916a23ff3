import { dirname, resolve } from 'node:path';
import type { Call } from '../call.ts';
import { commandText } from '../command-text.ts';
import { findProject, type Project, projectKey, projectLayer } from '../configuration/project-file.ts';
import { distrustFile, trustFile } from '../configuration/trust-store.ts';
import { userDirectory } from '../configuration/user-directory.ts';
import { writingSettings } from '../configuration/write-user.ts';
import type { Context } from '../context.ts';
import { EXIT, JcdsError, UsageError } from '../errors.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { safeLines } from '../output/safe-text.ts';
import { personAt } from '../publication-requests/person.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';

const DIRECTORY = {
  name: 'directory',
  description: 'the project, or a directory in it; by default the working directory',
  optional: true,
  completes: 'directory',
} as const;

/** No project file, or one of somebody else. */
class NoProjectError extends JcdsError {
  constructor(directory: string, reason = 'there is no .jcds.json of yours in it or above it') {
    super({
      code: 'NO_PROJECT_FILE',
      message: `${directory}: ${reason}`,
      hint: commandText('ls', '-la', directory),
    });
  }
}

/** `jcds config trust|untrust`: which cloned directories may change what jcds does. */
export const configTrustCommands: readonly CommandDeclaration[] = [
  {
    group: 'config',
    name: 'trust',
    summary: 'Show a project’s .jcds.json whole, and let jcds use it as it is now',
    description:
      'A project file may choose an image and repositories, and show directories of the project in every container. It is used only after it was trusted, and not when it has changed since.',
    arguments: [DIRECTORY],
    options: [{ flags: '-y, --yes', description: 'do not ask' }],
    examples: [['jcds config trust ~/work/analysis', 'after a look at what it would change']],
    action: trust,
  },
  {
    group: 'config',
    name: 'untrust',
    summary: 'Let jcds no longer use a project’s .jcds.json',
    arguments: [DIRECTORY],
    options: [],
    async action(call, context) {
      const directory = directoryOf(call, context);
      const key = projectAt(directory, context)?.key ?? projectKey(directory);
      if (!writingSettings(userDirectory(context), () => distrustFile(key, context)))
        throw new NoProjectError(directory, 'its .jcds.json was not trusted');
      context.stdout.write(`${safeLines(key)} is not trusted any more\n`);
      return exit(EXIT.ok);
    },
  },
];

async function trust(call: Call, context: Context) {
  const directory = directoryOf(call, context);
  const project = projectAt(directory, context);
  if (project === null) throw new NoProjectError(directory);
  const { file, key, content } = project;
  const { values, notes } = projectLayer(project);
  const set = Object.entries(values).map(([name, value]) => `  ${name} = ${JSON.stringify(value)}`);
  const lines = [`${file}:`, content.toString('utf8').trimEnd(), 'It sets:', ...set, ...notes];
  context.stdout.write(`${safeLines(lines.join('\n'))}\n`);
  const person = personAt(context, call.options);
  if (person === null && !flag(call, 'yes'))
    throw new UsageError(
      'nobody can be asked here whether this is to be trusted',
      commandText('jcds', 'config', 'trust', '--yes', dirname(file)),
    );
  if (!flag(call, 'yes') && !(await person!.confirm('', 'Let jcds use this?'))) return exit(EXIT.no);
  writingSettings(userDirectory(context), () => trustFile(key, content, context));
  context.stdout.write(`trusted ${safeLines(file)}\n`);
  return exit(EXIT.ok);
}

function directoryOf(call: Call, { cwd }: Pick<Context, 'cwd'>): string {
  const [typed = '.'] = call.arguments;
  if (cwd === null && !typed.startsWith('/'))
    throw new UsageError('the working directory cannot be read', 'name the project by its whole path');
  return resolve(cwd ?? '/', typed);
}

function projectAt(directory: string, context: Context): Project | null {
  try {
    return findProject(directory, context);
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    throw new NoProjectError(directory, `its .jcds.json cannot be read (${reason})`);
  }
}
