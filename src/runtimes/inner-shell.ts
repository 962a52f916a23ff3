import { toBytes } from '../launch/bytes.ts';
import { shellQuote } from '../shell-quote.ts';
import { isUtf8 } from './apptainer-environment.ts';
import type { RunRequest } from './runtime.ts';
import { withheldName } from './withheld-variables.ts';

/**
 * What the image's own /bin/sh has to do right before the job, since the engine cannot: engines hand everything on as
 * JSON, so bytes that are not UTF-8 are lost, and they know nothing of some properties of a process.
 */
export interface InnerWork {
  /** Variables that reach the container encoded, under another name. */
  readonly encoded: readonly (readonly [name: string, value: string])[];
  /** Variables that no shell hands on: given once more by the image's env. */
  readonly lost: readonly (readonly [name: string, value: string])[];
  /** Names that shells add and the job does not have. */
  readonly surplus: readonly string[];
  /** The umask to set, where the engine does not. */
  readonly umask: number | null;
  /** Whether the job's standard streams reach the container as descriptors 3, 4 and 5. */
  readonly movesStreams?: boolean;
}

/** Whether the image's shell is needed at all. */
export function needsInnerShell(request: RunRequest, { encoded, umask, movesStreams }: InnerWork): boolean {
  return movesStreams === true || encoded.length > 0 || umask !== null || !haveWordsUtf8(request);
}

function haveWordsUtf8({ words, rawArguments }: RunRequest): boolean {
  return [...words, ...(rawArguments ?? [])].every(isUtf8);
}

/** jcds' words of the command, by way of the image's shell. */
export function innerWords(request: RunRequest, work: InnerWork): readonly string[] {
  const isPlain = haveWordsUtf8(request);
  const words = [...request.words, ...(request.rawArguments ?? [])];
  const names = work.encoded.map(([name]) => name);
  const script = [
    ...(work.movesStreams === true ? ['exec <&3 >&4 2>&5 3<&- 4>&- 5>&-'] : []),
    ...(work.umask === null ? [] : [`umask ${work.umask.toString(8).padStart(4, '0')}`]),
    ...(isPlain ? [] : decodeWords(words.length)),
    ...names.map(
      name =>
        `jcds_w=$(printf %b. "$${withheldName(name)}"); export ${name}="\${jcds_w%.}"; unset ${withheldName(name)}`,
    ),
    ...(work.lost.length === 0 ? [] : giveByEnv(work.lost)),
    ...work.surplus.map(dropLine),
    'exec "$@"',
  ].join('\n');
  return ['/bin/sh', '-c', script, 'jcds', ...(isPlain ? request.words : words.map(encode))];
}

/** The variables that carry the encoded ones into the container. */
export function innerVariables({ encoded }: InnerWork): readonly (readonly [name: string, value: string])[] {
  return encoded.map(([name, value]) => [withheldName(name), encode(value)] as const);
}

/** Words come first, encoded; behind them the engine has put the caller's own arguments, spoiled: those are dropped. */
function decodeWords(count: number): string[] {
  return [
    `jcds_n=${count} jcds_r=$(($# - ${count}))`,
    `while [ "$jcds_n" -gt 0 ]; do jcds_w=$(printf %b. "$1"); shift; set -- "$@" "\${jcds_w%.}"; jcds_n=$((jcds_n - 1)); done`,
    'shift "$jcds_r"',
    'unset jcds_n jcds_r',
  ];
}

function giveByEnv(lost: InnerWork['lost']): string[] {
  const assignments = lost.map(([name, value]) => shellQuote(`${name}=${value}`)).join(' ');
  return [
    `command -v env >/dev/null || { printf 'jcds: the image has no env, which hands on %s\\n' ${shellQuote(lost[0]![0])} >&2; exit 125; }`,
    `set -- env ${assignments} "$@"`,
  ];
}

/** bash sets SHLVL once more when it execs. */
function dropLine(name: string): string {
  const again = name === 'SHLVL' ? '; [ -z "${BASH_VERSION-}" ] || set -- env -u SHLVL "$@"' : '';
  return `unset ${name}${again}`;
}

/** As printf's %b reads it: everything but harmless ASCII as an octal number. */
export function encode(text: string): string {
  return toBytes(text)
    .toString('latin1')
    .replace(/[^ !-[\]-~]/g, character => `\\0${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
