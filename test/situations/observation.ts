/** What one start did. */
export interface Observation {
  /** Whether the probe ran to its end. */
  readonly ran: boolean;
  /** The exit code, or the name of the signal that ended it. */
  readonly code: number | string;
  /** Field -> value, of what the probe said and of what is left on the host. */
  readonly fields: ReadonlyMap<string, string>;
  readonly stderr: string;
  /** What is new on the host (">"), and what is gone ("<"), by kind and path. */
  readonly left: readonly string[];
}

/** Variables that a runtime adds for itself; test/contract/matrix.ts holds which of them each adds. */
const OF_THE_RUNTIME =
  /^(?:(?:APPTAINER|SINGULARITY)_.*|PS1|PROMPT_COMMAND|USER_PATH|CH_RUNNING|HOSTNAME|container|JCDS_IMAGE|JCDS_IMAGE_PATH|SING_USER_DEFINED_PATH)$/s;
/** Folders of programs that run on the host (Apptainer's, podman's): they lie in the home directory whatever the job does. */
const OF_THE_PROGRAMS = /^\.(?:apptainer|cache|config|local)$/;

/** Reads what probe.sh and stage.sh wrote (one character a byte). */
export function readObservation(
  stdout: string,
  left: readonly string[],
  stderr: string,
  code: number | string,
): Observation {
  const fields = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [name, value] = [line.slice(0, tab), line.slice(tab + 1)];
    if (name === 'env') readVariable(value, fields);
    else if (name.startsWith('place ') || name === 'cwd-names') fields.set(name, readable(value));
    else fields.set(name, value);
  }
  const ran = fields.delete('begin') && fields.delete('end');
  if (ran) fields.set('exit code', String(code));
  return { ran, code, fields, stderr, left };
}

function readVariable(entry: string, fields: Map<string, string>): void {
  const equals = entry.indexOf('=');
  const name = entry.slice(0, equals);
  const value = entry.slice(equals + 1);
  if (OF_THE_RUNTIME.test(name)) return;
  const own = name === 'LD_LIBRARY_PATH' ? value.replace(/:?\/\.singularity\.d\/libs$/, '') : value;
  if (own !== '' || own === value) fields.set(`variable ${name}`, own);
}

/** Names on one line, without those that are nobody's doing. */
function readable(value: string): string {
  return value
    .split('\u0001')
    .filter(name => name !== '' && !OF_THE_PROGRAMS.test(name))
    .join(' ');
}
