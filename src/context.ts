/**
 * Everything jcds touches outside itself, handed down by parameter. Tests build one by hand; `src/entry.ts`
 * builds the real one. Files and child processes are used directly (real ones, in tests too).
 */
export interface Context {
  /** The environment as strings; bytes that are not UTF-8 are only kept by `launch/launcher-environment.ts`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The caller's working directory as the caller names it (PWD when it is the same place), or null when unreadable. */
  readonly cwd: string | null;
  readonly uid: number;
  readonly gid: number;
  /** The home directory of the user: HOME, else the account's. */
  readonly home: string;
  /** That of the account, whatever HOME says; absent: the uid has none. */
  readonly accountHome?: string | undefined;
  /** Its login shell; absent likewise. */
  readonly accountShell?: string | undefined;
  readonly userName: string;
  readonly stdin: { readonly isTerminal: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Milliseconds since 1970, injectable: expiry checks take their time from here and from nowhere else. */
  now(): number;
  /** The program that runs jcds' own code in a child: `node dist/jcds.cjs` as [node, file], a standalone as [itself]. */
  readonly self: readonly string[];
  /** Process id of the sh launcher that will exec the plan, or null when there is none. */
  readonly launcherPid: number | null;
}

/** A stream, for text as a rule. `write` returns false once nothing more can be written: long output then stops. */
export interface Output {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string | Buffer): boolean;
  /** The system's name of what went wrong (ENOSPC, EIO). A reader that has enough (EPIPE) is no failure. */
  readonly failure?: string | null;
}
