import { once } from 'node:events';
import { type FSWatcher, readFileSync, watch, writeFileSync } from 'node:fs';

/** What HTCondor wrote down of a job, in its words. */
export interface JobEvent {
  /** 1: executing, 4: evicted, 5: terminated, 8: told by the job, 9: aborted, 12: held, 13: released. */
  readonly code: number;
  /** `CLUSTER.PROCESS` */
  readonly job: string;
  readonly text: string;
}

/** The event log of all jobs of a test, which is followed as it grows. */
export class EventLog {
  readonly file: string;
  readonly #watcher: FSWatcher;
  readonly #whyNot: () => string;

  /** @param whyNot what else is told when a wait has failed: the pool's own logs */
  constructor(file: string, whyNot: () => string = () => '') {
    this.file = file;
    this.#whyNot = whyNot;
    writeFileSync(file, '');
    this.#watcher = watch(file);
  }

  close(): void {
    this.#watcher.close();
  }

  /** The events so far that have been written whole. */
  events(): JobEvent[] {
    const blocks = readFileSync(this.file, 'utf8').split('\n...\n').slice(0, -1);
    return blocks.flatMap(block => {
      const [, code, cluster, process] = /^(\d{3}) \((\d+)\.(\d+)\.\d+\) /.exec(block) ?? [];
      if (code === undefined) throw new Error(`no event: ${block}`);
      return [{ code: Number(code), job: `${Number(cluster)}.${Number(process)}`, text: block }];
    });
  }

  /** Waits until the log says so. @throws Error after so many seconds, with the headline of each event */
  async until(holds: (events: readonly JobEvent[]) => boolean, seconds = 60): Promise<void> {
    const signal = AbortSignal.timeout(seconds * 1000);
    while (!holds(this.events())) {
      try {
        await once(this.#watcher, 'change', { signal });
      } catch (thrown) {
        const heads = readFileSync(this.file, 'utf8').match(/^\d{3} \(.*/gm) ?? [];
        throw new Error([`not within ${seconds} s:`, ...heads, this.#whyNot()].join('\n'), { cause: thrown });
      }
    }
  }
}

/** What a job has come to, of what was not done to it when it was submitted; null: nothing yet. */
export function outcomeOf(events: readonly JobEvent[], job: string): string | null {
  const last = events.filter(event => event.job === job && [1, 4, 5, 9, 12, 13].includes(event.code)).at(-1);
  switch (last?.code) {
    case 4:
      return 'evicted';
    case 5:
      return /return value (\d+)/.exec(last.text)?.[1] ?? `signal ${/signal (\d+)/.exec(last.text)?.[1]}`;
    case 9:
      return 'removed';
    case 12: {
      const [, code, subcode] = /Code (\d+) Subcode (\d+)/.exec(last.text) ?? [];
      // 15: submitted on hold; 3: a policy of the job's own; 1: somebody held it
      return code === '15' ? null : code === '3' ? `held: ${subcode}` : `held by ${code}`;
    }
    case 13:
      return events.some(({ job: of, code }) => of === job && code === 1) ? 'released' : null;
    default:
      return null;
  }
}
