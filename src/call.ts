/**
 * The options of all commands by commander's names (`--dry-run` is `dryRun`): `true` for a flag (`false` for one that begins with
 * `--no-`), a text for one that takes a value, a list for one that may be given several times. A command has those of its own
 * declaration; test/call.test.ts compares the two.
 */
export interface CallOptions {
  readonly again?: boolean | undefined;
  readonly all?: boolean | undefined;
  readonly allowMassRemoval?: boolean | undefined;
  readonly anyMachine?: boolean | undefined;
  readonly anyRegistry?: boolean | undefined;
  readonly append?: readonly string[] | undefined;
  readonly as?: string | undefined;
  readonly attribute?: readonly string[] | undefined;
  readonly base?: string | undefined;
  readonly bind?: readonly string[] | undefined;
  readonly cacheDir?: string | undefined;
  readonly chain?: boolean | undefined;
  readonly check?: boolean | undefined;
  readonly checkRegistry?: boolean | undefined;
  readonly cleanenv?: boolean | undefined;
  readonly color?: string | undefined;
  readonly config?: string | undefined;
  readonly contain?: boolean | undefined;
  readonly cvmfsRoot?: string | undefined;
  readonly cvmfsTimeout?: string | undefined;
  readonly cwd?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly env?: readonly string[] | undefined;
  readonly envFile?: readonly string[] | undefined;
  readonly envPolicy?: string | undefined;
  readonly force?: boolean | undefined;
  readonly forgetRevision?: boolean | undefined;
  readonly format?: string | undefined;
  readonly gpu?: string | undefined;
  readonly home?: string | boolean | undefined;
  readonly ifMissing?: string | undefined;
  readonly input?: boolean | undefined;
  readonly insecure?: boolean | undefined;
  readonly jobs?: string | undefined;
  readonly json?: boolean | undefined;
  readonly junit?: string | undefined;
  readonly keepBytes?: string | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly limit?: readonly string[] | undefined;
  readonly listPath?: string | undefined;
  readonly local?: boolean | undefined;
  readonly message?: string | undefined;
  readonly mount?: readonly string[] | boolean | undefined;
  readonly nv?: boolean | undefined;
  readonly output?: string | undefined;
  readonly period?: string | undefined;
  readonly pin?: boolean | undefined;
  readonly pinned?: boolean | undefined;
  readonly platform?: string | undefined;
  readonly prefix?: string | undefined;
  readonly pwd?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly removeGone?: boolean | undefined;
  readonly repository?: readonly string[] | undefined;
  readonly retries?: string | undefined;
  readonly retryAfter?: string | undefined;
  readonly rocm?: boolean | undefined;
  readonly root?: string | undefined;
  readonly runtime?: string | undefined;
  readonly runtimeArg?: readonly string[] | undefined;
  readonly script?: boolean | undefined;
  readonly server?: readonly string[] | undefined;
  readonly startupFiles?: boolean | undefined;
  readonly stats?: boolean | undefined;
  readonly statusFile?: string | undefined;
  readonly store?: string | undefined;
  readonly target?: string | undefined;
  readonly timeout?: string | undefined;
  readonly to?: string | undefined;
  readonly uninstall?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly via?: string | undefined;
  readonly volume?: readonly string[] | undefined;
  readonly wait?: boolean | undefined;
  readonly watch?: boolean | undefined;
  readonly wishlist?: string | undefined;
  readonly workdir?: string | undefined;
  readonly writableTmpfs?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/** A command line after parsing. */
export interface Call {
  readonly arguments: readonly string[];
  readonly options: CallOptions;
  /** How many leading words of the whole command line are jcds' own: what the launcher shifts away. */
  readonly ownWords: number;
  /** How many words stood behind a `--`; absent: there was none. Not told of commands with `passThrough`. */
  readonly behindDashes?: number;
}

/** What a command leaves to do: end with a code, or exec a plan (as the launcher reads it: launch/plan.ts). */
export type Outcome =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'plan'; readonly plan: Buffer };
