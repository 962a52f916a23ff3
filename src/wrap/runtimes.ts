import { JcdsError } from '../errors.ts';
import { isRuntimeName, RUNTIMES, type RuntimeName } from '../runtimes/index.ts';
import { UnknownRuntimeError } from '../runtimes/select.ts';

/**
 * Runtimes that a script can start without jcds, in order of preference. Apptainer makes its own mount points; for bubblewrap
 * the script looks itself what the image lacks.
 */
export const WRAPPABLE_NAMES = [
  'apptainer',
  'singularity',
  'bubblewrap',
] as const satisfies readonly RuntimeName[];

/** A runtime that a script can start. */
export type WrappableName = (typeof WRAPPABLE_NAMES)[number];

const APPTAINER = 'install Apptainer, or load the site module that has it';

/** A runtime's program, as a script looks for it. */
interface Installed {
  readonly program: string;
  /** What to do where it is missing. */
  readonly cure: string;
  /** Whether it reads an image's ENV itself, and takes more by variables of its own prefix. */
  readonly readsImages: boolean;
}

/** Those of all runtimes that a script can start. */
export const INSTALL: Record<WrappableName, Installed> = {
  apptainer: { program: 'apptainer', cure: APPTAINER, readsImages: true },
  singularity: { program: 'singularity', cure: APPTAINER, readsImages: true },
  bubblewrap: { program: 'bwrap', cure: 'install the package bubblewrap', readsImages: false },
};

/** A case that a script ends with 125 for, where `jcds exec` starts the job. */
export interface Refusal {
  /** The code of the error, which the status file of a job has. */
  readonly code: string;
  /** What it is, for docs/wrap.md. */
  readonly what: string;
}

const OWN_NAME: Refusal = {
  code: 'OWN_NAME',
  what: "a variable of the caller's whose name begins with `jcds_`: such names are the script's own",
};
const SITE_VARIABLE: Refusal = {
  code: 'SITE_VARIABLE',
  what: "a site's `APPTAINER_CLEANENV`, `_COMPAT`, `_CONTAIN`, `_CONTAINALL`, `_CWD`, `_HOME`, `_MOUNT`, `_NO_EVAL`, `_NO_HOME`, `_NO_MOUNT` or `_PWD` (or the `SINGULARITY_` twin) that is not empty; an `APPTAINER_BIND` with options other than `ro` and `rw`",
};
const OWN_DIRECTORY: Refusal = {
  code: 'OWN_DIRECTORY',
  what: "jcds' own directory for settings or for what it remembers, or one below it, as `--bind`, `--home`, `APPTAINER_BIND` or the caller's directory",
};
const FOREIGN_LINK: Refusal = {
  code: 'FOREIGN_LINK',
  what: 'a link of another user on the way to a file that `X509_USER_PROXY`, `KRB5CCNAME`, `BEARER_TOKEN_FILE` or `XAUTHORITY` names, or at `/tmp/.X11-unix`',
};
const ONE_FILE: Refusal = {
  code: 'BROKEN_PUBLICATION',
  what: 'an image that was a directory when the script was written and is one file now, or whose directory has `\\`, `$`, a backtick or a line end in its name, or whose ENV file is a link, none that is regular, or longer than 1 MiB',
};
const NO_NAMES = 'a directory or file that is shown and has in its name a';
const APPTAINERS: readonly Refusal[] = [
  OWN_NAME,
  OWN_DIRECTORY,
  FOREIGN_LINK,
  SITE_VARIABLE,
  ONE_FILE,
  {
    code: 'ODD_NAME',
    what: `${NO_NAMES} colon, comma, backslash, double quote or line end (a bind that was asked for may), or where binds were asked for a tab`,
  },
  {
    code: 'NOT_TEXT',
    what: 'an argument or a variable of the caller that is not UTF-8, or has a carriage return before a line end (or a byte 1, which stands for one; of a variable also at its end): Apptainer would change it',
  },
  {
    code: 'VARIABLE_NOT_POSSIBLE',
    what: '`--env` for an image that lost `.singularity.d/env/99-base.sh`',
  },
];

/** What scripts leave to `jcds exec`, so that a person can read them. docs/wrap.md lists it, and a test holds that. */
export const REFUSED: Record<WrappableName, readonly Refusal[]> = {
  apptainer: APPTAINERS,
  singularity: APPTAINERS,
  bubblewrap: [
    OWN_NAME,
    OWN_DIRECTORY,
    FOREIGN_LINK,
    SITE_VARIABLE,
    ONE_FILE,
    {
      code: 'ODD_NAME',
      what: `${NO_NAMES} line end, or where binds were asked for or with \`--contain\` a tab`,
    },
    {
      code: 'ENVIRONMENT_UNREAD',
      what: 'an image that came after the script was written, whose ENV has a value with a quote, `\\`, `$`, a backtick or several lines',
    },
    {
      code: 'BIND_PLACE',
      what: 'a place that is behind a link of the image (`/home`, `/tmp`, `/etc/passwd`, or one of `--bind`), has `..` in its name, or is a file in the image where a directory is shown, or the other way round',
    },
    {
      code: 'NO_FREE_DESCRIPTOR',
      what: 'a caller who has descriptor 6, 7 or 8 open: by these bubblewrap gets files',
    },
  ],
};

const isWrappable = (name: string): name is WrappableName =>
  WRAPPABLE_NAMES.some(wrappable => wrappable === name);

/** None of the runtimes that were asked for can be started by a script. */
export class NotWrappableError extends JcdsError {
  constructor(names: readonly string[]) {
    const reasons = names.filter(isRuntimeName).map(name => `${name} ${reasonFor(name)}`);
    super({
      code: 'NOT_WRAPPABLE',
      message: `a script without jcds cannot start ${names.join(' or ')}: ${reasons.join('; ')}`,
      hint: `jcds wrap --runtime ${names.includes('unshare') ? 'bubblewrap' : WRAPPABLE_NAMES[0]} …, or call jcds exec in a script of your own`,
    });
  }
}

function reasonFor(name: RuntimeName): string {
  return RUNTIMES[name].diesWithParent
    ? 'builds its root by tools and libraries of this very host, which jcds finds at each start'
    : 'needs jcds to prepare it at each start';
}

/** Those of the configured order (empty: the table's) that a script can start. @throws NotWrappableError, UnknownRuntimeError */
export function wrappableOf(configured: readonly string[]): readonly WrappableName[] {
  const unknown = configured.find(name => !isRuntimeName(name));
  if (unknown !== undefined) throw new UnknownRuntimeError(unknown);
  const names = configured.length === 0 ? WRAPPABLE_NAMES : configured.filter(isWrappable);
  if (names.length === 0) throw new NotWrappableError(configured);
  return names;
}
