import { shellDoubleQuoted, unescapeShell, unquoteGo } from './quoting.ts';

/**
 * `.singularity.d/env/10-docker2singularity.sh`, the image's ENV as `apptainer build` (or its forerunners, or CERN's
 * publishers) wrote it. Five generations are met, a variable a statement:
 *
 *     jcds_value='quoted once'                                     jcds convert; a second line exports it
 *     export K="${K:-"quoted by Go over quoted for the shell"}"    Apptainer, late Singularity 3, DUCC; PATH without ${}
 *     export K="${K:-"quoted for the shell"}"                      cvmfs_swissknife overlay; PATH without ${}
 *     export K="quoted for the shell"                              early Singularity 3
 *     export K=bare text                                           Singularity 2
 *
 * The values are the image's own, not what a shell makes of the file: Apptainer's doubled quoting lets a shell see
 * `a\/home/me` where ENV says `a$HOME`.
 */
export type EnvironmentEntry = readonly [name: string, value: string];

/**
 * Whether a variable of an image can have this name. Registries hold others too; `apptainer build` leaves them out, and words of
 * a shell or options of env(1) must not be made of them.
 */
export function isImageVariable(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

const NEWER = /export ([A-Za-z_][A-Za-z0-9_]*)="\$\{\1:-"((?:[^"\\]|\\[\s\S])*)"\}"(?=\s|$)/y;
/** Exact in every shell, whatever the value; conversion/environment-script.ts writes it. The name is looked ahead for. */
const OWN =
  /(?=jcds_value='(?:[^']|'"'"')*'\nexport ([A-Za-z_][A-Za-z0-9_]*)=)jcds_value='((?:[^']|'"'"')*)'\nexport \1="(?:\$\{\1:-\$jcds_value\}|\$jcds_value)"(?=\s|$)/y;
const QUOTED = /export ([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\[\s\S])*)"(?=\s|$)/y;
const SINGLE = /export ([A-Za-z_][A-Za-z0-9_]*)='([^']*)'(?=\s|$)/y;
const BARE = /export ([A-Za-z_][A-Za-z0-9_]*)=([^\n]*)/y;
/** `ENV NAME` without a value: nothing is set. */
const UNSET = /export ([A-Za-z_][A-Za-z0-9_]*)="\$\{\1:-\}"(?=\s|$)/y;
const BLANK_OR_OTHER = /[^\n]*(?:\n|$)/y;

type Reader = (text: string, name: string) => string | null;
const FORMS: readonly (readonly [form: RegExp, read: Reader])[] = [
  [OWN, text => text.replaceAll(`'"'"'`, "'")],
  [UNSET, () => null],
  [NEWER, doublyQuoted],
  // Every generation writes PATH in this form.
  [QUOTED, (text, name) => (name === 'PATH' ? doublyQuoted(text) : shellDoubleQuoted(text))],
  [SINGLE, text => text],
  [BARE, text => text],
];

/** Reads the file's variables in order; lines that are no `export` are passed over. */
export function parseEnvironmentFile(text: string): EnvironmentEntry[] {
  const entries: EnvironmentEntry[] = [];
  for (let at = 0; at < text.length; ) {
    const read = FORMS.map(([form, value]) => ({ match: matchAt(form, text, at), value })).find(
      ({ match }) => match,
    );
    const match = read?.match ?? matchAt(BLANK_OR_OTHER, text, at);
    const value = read ? read.value(read.match![2] ?? '', read.match![1]!) : null;
    if (read && value !== null) entries.push([read.match![1]!, value]);
    at += Math.max(match?.[0].length ?? 1, 1);
  }
  return entries;
}

/** What a sticky pattern finds at one place. */
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Doubled quoting where the text reads back so without a rest, else what a shell sees. */
function doublyQuoted(text: string): string {
  const inner = unquoteGo(text);
  return (inner === null ? null : unescapeShell(inner)) ?? shellDoubleQuoted(text);
}
