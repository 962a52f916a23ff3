import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ran, Stage } from '../wrap/stage.ts';

/** What became of a job: its end, what was started, and the files that the wrapper left in the scratch directory. */
export interface Ended extends Ran {
  /** .jcds-status.json, or null. */
  readonly told: Record<string, unknown> | null;
}

/** A stage with a wrapper on it, and starts of jobs as HTCondor's starter does them. */
export class JobStage extends Stage {
  readonly wrapper: string;
  /** Blanks and quotes, as an owner of a pool may well have them in EXECUTE. */
  scratch = join(this.folder, "scra tch 'of' $USER");
  readonly status = '.jcds-status.json';

  /** @param options of `jcds condor wrapper` */
  constructor(options: readonly string[] = []) {
    super();
    this.wrapper = this.write(options);
  }

  /** Writes a wrapper and answers its file. */
  write(options: readonly string[], name = 'wrapper'): string {
    const file = join(this.folder, name);
    const words = ['condor', 'wrapper', '--force', '-o', file, '--cvmfs-root', this.cvmfs, ...options];
    const { status, stderr } = this.run([this.jcds, ...words]);
    if (status !== 0) throw new Error(`jcds ${words.join(' ')} ended with ${status}: ${stderr}`);
    return file;
  }

  /** The environment of a job: as HTCondor 23.9 makes it, without PATH and HOME. */
  jobEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      BATCH_SYSTEM: 'HTCondor',
      CUDA_VISIBLE_DEVICES: '10000',
      _CONDOR_AssignedGPUs: '10000',
      _CONDOR_JOB_AD: join(this.scratch, '.job.ad'),
      _CONDOR_SCRATCH_DIR: this.scratch,
      _CONDOR_WRAPPER_ERROR_FILE: join(this.scratch, '.job_wrapper_failure'),
      ...more,
    };
  }

  /** A scratch directory with this ad and nothing else, one character a byte. */
  prepare(ad: string): void {
    rmSync(this.scratch, { recursive: true, force: true });
    mkdirSync(this.scratch);
    writeFileSync(join(this.scratch, '.job.ad'), ad, 'latin1');
  }

  /** Starts a job by this shell in its scratch directory. */
  start(
    shell: string,
    words: readonly string[],
    { environment = this.jobEnvironment(), wrapper = this.wrapper, cwd = this.scratch } = {},
  ): Ended {
    const ran = this.run([...this.by(shell, wrapper), ...words], environment, cwd);
    const told = this.read(this.status);
    return {
      ...ran,
      told: told === null ? null : JSON.parse(told),
    };
  }

  /** A file in the scratch directory, or null. */
  read(name: string): string | null {
    const file = join(this.scratch, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  }
}

/** An ad with these lines among those that every ad has. */
export function ad(...lines: readonly string[]): string {
  return [
    'Args = ""',
    'Cmd = "/home/alice/job.sh"',
    ...lines,
    'TargetType = "Machine"',
    'WantIOProxy = false',
    '',
  ].join('\n');
}

/** How the status file tells that a job is about to start. */
export function starting(image: string, repository: string, path: string, target: string) {
  const decided = { image, repository, path, target, runtime: 'apptainer' };
  return { schemaVersion: 2, outcome: 'starting', ...decided, exitCode: null, error: null, waitingFor: null };
}
