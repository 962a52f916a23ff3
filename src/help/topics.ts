import { DEFAULTS, SETTINGS, type Settings, variableOf } from '../configuration/settings.ts';
import { EXIT } from '../errors.ts';
import { ENVIRONMENT_RULES, POLICIES } from '../runtimes/environment-policy.ts';

/** A text of `jcds help TOPIC`; the page of the same name in docs/ is made from it. */
export interface Topic {
  readonly title: string;
  text(): string;
}

const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, readonly [contained: string, others: string]>> = {
  ok: ['the command’s own', 'yes: found, published, done'],
  no: ['the command’s own', 'no: not published, not found'],
  usage: ['the command’s own', 'the command line or the configuration makes no sense'],
  later: [
    'try later: CVMFS cannot be seen, or the image was requested and is not there yet',
    'the same; or a newer revision than this host’s may have the image',
  ],
  failed: [
    'jcds or the runtime failed, and the command was not started: usage, not published, mismatch',
    '-',
  ],
  notExecutable: ['the command was found in the image and cannot be executed', '-'],
  notFound: ['the command was not found in the image', '-'],
};

function exitCodes(): string {
  const rows = Object.entries(EXIT_MEANINGS).map(
    ([name, [contained, others]]) =>
      `${String(EXIT[name as keyof typeof EXIT]).padStart(4)}  run, exec, shell: ${contained}\n      others: ${others}`,
  );
  return `${rows.join('\n')}

run, exec and shell end with the contained command's own code, and with its signal if it dies of one; jcds never
changes a code that came back. A command may end with 75 or 125 itself: --status-file tells the cases apart, since
it says what was decided before the command was started. docs/errors.md has every error: its code, how each kind of
command ends with it, what it means and what helps.
`;
}

const SETTERS = {
  project: '; a project may set it',
  user: '',
  site: '; only the site’s file may set it',
} as const;

function configuration(): string {
  const rows = Object.entries(SETTINGS).map(([key, row]) => {
    const kind = typeof row.kind === 'string' ? row.kind : row.kind.join('|');
    const standard = JSON.stringify(DEFAULTS[key as keyof Settings]);
    const variable = row.by === 'site' ? '' : ` ${variableOf(key)};`;
    return `  ${key} (${kind};${variable} default ${standard}${SETTERS[row.by]})\n      ${row.meaning}`;
  });
  return `Layers, the strongest first:
  1. "enforced" in /etc/jcds/config.json
  2. options of the command
  3. JCDS_* variables
  4. .jcds.json in the nearest parent of the working directory that has one, if it belongs to you
  5. $XDG_CONFIG_HOME/jcds/config.json (~/.config/jcds/config.json): \`jcds config set KEY VALUE\`
  6. /etc/jcds/config.json
  7. the defaults

A project file is used after you have read and trusted it once, with \`jcds config trust\`; a change of it needs that again. At a
terminal one that is not trusted is left out, with a note; without one, and in batch jobs, it is an error. It may set only what
says so below, its binds must lie below it and appear at their own paths, and what it sets is said at each start.

Your own file is not used where it belongs to another user or everybody may write it, nor a file in its place that is none.

A path is absolute in a file. In a variable or option it may be relative: it counts from the working directory.

Keys:
${rows.join('\n')}
`;
}

function environment(): string {
  const policies = Object.entries(POLICIES).map(([name, meaning]) => `  ${name.padEnd(6)} ${meaning}`);
  const rules = ENVIRONMENT_RULES.map(
    ({ names, keep, clean, hep, why }) =>
      `  ${names.join(' ')}\n      keep: ${SOURCE[keep]}, clean: ${SOURCE[clean]}, hep: ${SOURCE[hep]} (${why})`,
  );
  return `--env-policy decides which of your variables the job sees, the same on every runtime:
${policies.join('\n')}

Whose value a variable has; the first line that matches its name decides, and --env and --env-file beat every line:
${rules.join('\n')}

"the image's first" means the image's, else yours; where the image's is empty and you have one, the job has none, as with
bare apptainer. "yours" means yours where you have one that is not empty, else the image's. "the image's" means the image's
or none. So an image's ENV LANG wins under keep, and a site's http_proxy over the image's under hep. The image's are those of its ENV and
then of its own scripts (%environment; .singularity.d/env/90-environment.sh). Apptainer runs these; elsewhere jcds reads assignments, export
and unset, and warns of anything more.

What a site sets for Apptainer counts on every runtime (SINGULARITY_… where APPTAINER_… is not set):
  APPTAINER_BIND APPTAINER_BINDPATH APPTAINER_MOUNT
      shown by default, also with --contain. -B and the setting binds come first where both name a place; a source that is
      missing is left out, and -v says so
  APPTAINER_CONTAIN APPTAINER_CONTAINALL APPTAINER_COMPAT
      --contain
  APPTAINER_HOME APPTAINER_NO_HOME APPTAINER_CWD APPTAINER_PWD
      --home, --no-home and --workdir, unless an option says otherwise
  APPTAINER_NO_MOUNT
      of its names, home, cwd and tmp
  APPTAINER_CLEANENV APPTAINER_CONTAINALL APPTAINER_COMPAT
      --env-policy clean, unless an option or the configuration chooses a policy

HOME and PWD are those of the container. JCDS_IMAGE is the image's name and JCDS_IMAGE_PATH the directory it ran from.
Apptainer and Singularity add variables of their own (APPTAINER_NAME and the like).
`;
}

const SOURCE = { 'image first': "the image's first", host: 'yours', image: "the image's" } as const;

/** The topics, by the word typed after `jcds help`. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  'exit-codes': { title: 'Exit codes', text: exitCodes },
  configuration: { title: 'Configuration', text: configuration },
  environment: { title: 'The job’s environment', text: environment },
};
