import { dirname } from 'node:path';
import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { isBatchJob } from './batch-variables.ts';
import { ConfigurationError } from './errors.ts';
import type { Layer } from './files.ts';
import type { ConfigurationContext } from './load.ts';
import { findProject, type Project, projectLayer } from './project-file.ts';
import type { Settings } from './settings.ts';

/** A cloned directory wants to change what jcds does, and nobody has read how. */
export class UntrustedProjectError extends JcdsError {
  constructor(project: Pick<Project, 'file' | 'standing'>) {
    super({
      code: 'PROJECT_NOT_TRUSTED',
      message: `${project.file} wants to change what jcds does, and ${SINCE[project.standing]}`,
      hint: `read it and trust it: ${trustCommand(project)}`,
    });
  }
}

const SINCE: Readonly<Record<Project['standing'], string>> = {
  trusted: 'was trusted',
  changed: 'has changed since it was trusted',
  never: 'was never trusted',
};

/** What became of the project file that the working directory belongs to. */
export interface ProjectUse {
  readonly file: string;
  /** `allowed`: the site uses every project file. */
  readonly standing: Project['standing'] | 'allowed';
  /** null: it is not used. */
  readonly layer: Layer | null;
  readonly notes: readonly string[];
}

/**
 * The project's settings where they may be used: after the user has trusted them once, or where the site allows all. At a
 * terminal one that is not trusted is left out, and said; elsewhere nobody would read that. What a project changes is
 * said at each start. @throws ConfigurationError, UntrustedProjectError
 */
export function projectUse(
  context: ConfigurationContext,
  rule: Settings['projectTrust'],
  isQuestion: boolean,
): ProjectUse | null {
  const project = context.cwd === null ? null : read(context.cwd, context);
  if (project === null) return null;
  const { file } = project;
  const standing = rule === 'always' ? 'allowed' : project.standing;
  if (standing === 'trusted' || standing === 'allowed') {
    const layer = projectLayer(project);
    return { file, standing, layer, notes: [...layer.notes, ...changes(layer)] };
  }
  const isAttended = context.stderr.isTerminal && !isBatchJob(context.environment);
  if (!isQuestion && !isAttended) throw new UntrustedProjectError(project);
  const note = `${file} is not used: it ${SINCE[standing]}; read it and trust it: ${trustCommand(project)}`;
  return { file, standing, layer: null, notes: [note] };
}

function read(cwd: string, context: ConfigurationContext): Project | null {
  try {
    return findProject(cwd, context);
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    throw new ConfigurationError(cwd, null, '.jcds.json', `cannot be read (${reason})`, thrown);
  }
}

function changes({ file, values }: Layer): readonly string[] {
  const set = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  return set.length === 0 ? [] : [`${file} sets ${set.join(', ')}`];
}

function trustCommand({ file }: Pick<Project, 'file'>): string {
  return commandText('jcds', 'config', 'trust', dirname(file));
}
