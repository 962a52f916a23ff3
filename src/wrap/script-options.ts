import type { Settings } from '../configuration/settings.ts';
import type { JcdsError } from '../errors.ts';
import type { Entries } from '../launch/launcher-environment.ts';
import type { ContainerEnvironment } from '../runtimes/runtime.ts';
import type { Bind } from '../runtimes/shown.ts';
import type { ImageWords } from './failures.ts';
import type { WrappableName } from './runtimes.ts';

/** What a script is to do each time it runs, as far as that is known when it is written. Plain data. */
export interface ScriptOptions {
  /** The image in the script's messages. */
  readonly image: ImageWords;
  readonly policy: ContainerEnvironment['policy'];
  /** `--env NAME=value` and `--env-file`: values that stand in the script. */
  readonly set: Entries;
  /** `--env NAME`: the value that whoever runs the script has. */
  readonly passed: readonly string[];
  /** Sorted by their places. Looked for when the script runs. */
  readonly binds: readonly WishedBind[];
  /** null: the caller's. */
  readonly workdir: string | null;
  /** A directory of the host and its place inside; `own`: the caller's; `none`: an empty one at the same place. */
  readonly home: 'own' | 'none' | { readonly source: string; readonly path: string };
  /** What is home to somebody who has no HOME: what the account says, or the directory that this variable names. */
  readonly homeless: 'account' | { readonly variable: string };
  /** Variables that name directories which are shown where they are, when they are there. */
  readonly shown: readonly string[];
  readonly contain: boolean;
  readonly writableTmpfs: boolean;
  readonly gpu: Settings['gpu'];
  readonly runtimeArguments: readonly string[];
  readonly program: Program;
  /** What was read of the image when the script was written; null: nothing. */
  readonly recorded: RecordedImage | null;
  /** Whether jcds_written holds the names of variables that the job's author wrote, which count as written. */
  readonly isAuthored?: boolean;
  /** For images that nothing is recorded of; null: any will do. */
  readonly registryCheck: RegistryCheck | null;
}

/** A bind that is made when its source is there. */
export type WishedBind = Pick<Bind, 'source' | 'destination' | 'mode'> & {
  readonly origin: 'user' | 'configuration';
};

/** The runtime's program. */
export interface Program {
  readonly name: WrappableName;
  /** Where it was when the script was written, or null. It is looked for anew where it is not there. */
  readonly path: string | null;
  /** Of the variables that it sets in the container; null: it hands on its own. */
  readonly prefix: 'APPTAINERENV_' | 'SINGULARITYENV_' | null;
}

/** What a script knows of one real directory. Of another it uses nothing. */
export interface RecordedImage {
  /** The real directory below its repository: a name that changes with the content. */
  readonly place: string;
  /** Variables of the image's ENV that Apptainer would get wrong. */
  readonly variables: Entries;
  /** Whether Apptainer would drop the whole ENV file, with a complaint. */
  readonly environmentFileDropped: boolean;
  /** Whether it lost the part that listens to APPTAINERENV_. */
  readonly isDeaf: boolean;
  /** PATH inside. */
  readonly searchPath: string;
  /** For runtimes that read no image themselves. */
  readonly exact?: ExactImage;
}

/** What a script would have to read of an image anew. */
export interface ExactImage {
  /** The whole ENV but PATH. */
  readonly variables: Entries;
  /** Links by their places, as far as directories were listed. */
  readonly links: Entries;
  /** passwd and group, where they are short. */
  readonly accounts: Entries;
}

/** The registry that the record of an image must name, and the error where it names another. */
export interface RegistryCheck {
  /** null: the one in `jcds_wanted`, if any, where the entry found is not that of a layout which keeps it. */
  readonly registry: string | null;
  /** About an image made from `MADE_FROM`. */
  readonly error: JcdsError;
}
