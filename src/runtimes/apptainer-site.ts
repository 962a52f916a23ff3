import type { Entries } from '../launch/launcher-environment.ts';
import { notMounted, siteFlag, siteNames } from './site-variables.ts';

/**
 * What a site's variables ask of Apptainer and jcds says by other means, so that each does what it does by hand and nothing
 * more: CLEANENV would take away what the policy of the job keeps, NO_EVAL would show the job how jcds escapes values.
 */
export interface ApptainerSite {
  readonly args: readonly string[];
  /** Names that Apptainer must not see. */
  readonly unset: readonly string[];
  /** Whether what the caller addresses to the container is text, and no shell evaluates it. */
  readonly isLiteral: boolean;
  /** Whether Apptainer shows the caller's directory by itself. */
  readonly showsCwd: boolean;
}

/** Each with the options that it stands for (1.4.5: launcher_linux.go, actions.go), less those that jcds takes over. */
const INSTEAD: Readonly<Record<string, readonly string[]>> = {
  CLEANENV: [],
  NO_EVAL: [],
  CONTAINALL: ['--contain', '--pid', '--ipc'],
  COMPAT: ['--contain', '--pid', '--ipc', '--no-init', '--no-umask', '--writable-tmpfs'],
};

/** What stands among the binds of the request, which come by options. */
const BINDS = ['BIND', 'BINDPATH', 'MOUNT'];

/** What the request says of places: by --contain, --home and --pwd. */
const PLACES = ['CONTAIN', 'HOME', 'NO_HOME', 'NO_MOUNT', 'PWD', 'CWD'];
const UNSEEN: readonly string[] = [...Object.keys(INSTEAD), ...BINDS, ...PLACES].flatMap(siteNames);

/** Reads the caller's variables. @throws SiteVariableError */
export function apptainerSite(host: Entries): ApptainerSite {
  const environment = Object.fromEntries(host);
  const asked = Object.keys(INSTEAD).filter(key => siteFlag(key, environment));
  const left = notMounted(environment).filter(name => name !== 'home');
  return {
    args: [
      ...new Set(asked.flatMap(key => INSTEAD[key]!)),
      ...(left.length === 0 ? [] : ['--no-mount', left.join(',')]),
    ],
    unset: UNSEEN.filter(name => environment[name] !== undefined),
    isLiteral: asked.includes('NO_EVAL') || asked.includes('COMPAT'),
    showsCwd: !left.includes('cwd'),
  };
}

/** Whether the site wants jobs without their caller's environment, where nobody says otherwise. @throws SiteVariableError */
export function cleansEnvironment(environment: Readonly<Record<string, string | undefined>>): boolean {
  return ['CLEANENV', 'CONTAINALL', 'COMPAT'].some(key => siteFlag(key, environment));
}
