import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import type { Search } from '../cvmfs/find-publication.ts';
import type { HttpOptions } from '../cvmfs/no-mount/http-options.ts';

/**
 * How something stands. `wrong`: `jcds run` cannot work as long as it is so; `note`: something that is missing or odd, and
 * without which jobs run all the same.
 */
export type State = 'well' | 'note' | 'wrong';

/** One thing that was looked at. Texts may come from outside: they are made safe where they are printed. */
export interface Finding {
  /** What was looked at: a repository, a runtime, a file. */
  readonly subject: string;
  readonly state: State;
  /** What was seen. */
  readonly finding: string;
  /** What to do about it: a command to paste, or whom to ask. Absent: nothing. */
  readonly cure?: string;
}

/** What the checks look at. */
export interface Patient {
  readonly settings: Settings;
  /** Which layer each setting came from; absent for a default. */
  readonly sources: Readonly<Partial<Record<keyof Settings, string>>>;
  readonly notes: readonly string[];
  readonly search: Search;
  readonly requested: HttpOptions;
  /** The words of `jcds run IMAGE` that are typed once all is mended, quoted. */
  readonly job: string;
  /** Milliseconds for each check. */
  readonly limit: number;
}

/** One area of `jcds doctor`. It bounds what it does by `limit`; whoever calls it bounds it again. */
export type Check = (patient: Patient, context: Context) => Promise<readonly Finding[]>;
