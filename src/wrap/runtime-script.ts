import type { OwnVariables } from './environment-script.ts';
import type { ScriptOptions } from './script-options.ts';

/** What is particular to the scripts for one runtime. */
export interface RuntimeScript {
  /** Directories of the image that must be seen whole before anything is started. */
  readonly directories: readonly string[];
  /** Whether the runtime reads nothing of an image, so that the script has to. */
  readonly readsNoImage: boolean;
  /** What it does with the caller's variables beside what the policy says. */
  variables(requested: ScriptOptions): OwnVariables;
  /** Functions, before anything is done. */
  functions(requested: ScriptOptions): string[];
  /** Lines that read nothing of the image, once it is found; they run twice (shell/survey.sh). */
  decide(requested: ScriptOptions): string[];
  /** Lines after those that read the image. In them "$1" is the command, and they print nothing. */
  read(requested: ScriptOptions): string[];
  /** Variables that `read` sets for what comes after it, without `jcds_`. */
  found(requested: ScriptOptions): readonly string[];
  /** Lines that become the runtime. @param starting those right before it */
  start(requested: ScriptOptions, starting: readonly string[]): string[];
}
