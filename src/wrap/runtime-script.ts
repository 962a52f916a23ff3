import type { ScriptOptions } from './script-options.ts';

/** What is particular to the scripts for one runtime. */
export interface RuntimeScript {
  /** Directories of the image that must be seen whole before anything is started. */
  readonly directories: readonly string[];
  /** Whether the runtime reads nothing of an image, so that the script has to. */
  readonly readsNoImage: boolean;
  /** Whether it has to know that an image lost the part which listens to Apptainer's variables. */
  seesDeaf(requested: ScriptOptions): boolean;
  /** Functions, before anything is done. */
  functions(requested: ScriptOptions): string[];
  /** Lines in the child before the look, where the caller is: PATH is the caller's, and so are its variables. */
  find(requested: ScriptOptions): string[];
  /** Lines in the child about the image that was found. */
  image(requested: ScriptOptions): string[];
  /** Lines that make the job's variables, of jcds_said; where PATH may be one of them, also in the child, before `read`. */
  variables(requested: ScriptOptions): string[];
  /** Lines in the child after that, not for an image that is one file. In them "$1" is the command, and they print nothing. */
  read(requested: ScriptOptions): string[];
  /** Variables of the child for what comes after it, without `jcds_`. */
  found(requested: ScriptOptions): readonly string[];
  /** Lines that become the runtime. @param starting those right before it */
  start(requested: ScriptOptions, starting: readonly string[]): string[];
}
