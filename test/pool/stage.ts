import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EventLog } from '../batch/event-log.ts';
import { Setting } from '../cli/setting.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { people } from '../hosts/people.ts';
import { Pool } from '../hosts/pool.ts';
import { OF_SECOND, SecondMachine } from '../hosts/second-machine.ts';
import { makeCernRepository } from '../hosts/tree.ts';
import { endWord, IMAGES, JOB, type PoolJob, proofOf } from './jobs.ts';

const REPOSITORY = 'containers.jinr.ru';
const LIBEXEC = '/opt/jcds/libexec';
/** What the second machine tells of itself when it is well, and when it has lost something. */
export const WELL = 'true true apptainer';
const ATTRIBUTES = ['JCDSWrapper', 'HAS_CVMFS_containers_jinr_ru', 'JCDSRuntimes'];
/** So that four jobs run at once on the second machine and eight on the first. */
const CPUS = 5;

/** Two machines that `jcds condor install` has set up, and somebody who submits jobs. */
export class PoolStage {
  readonly pool: Pool;
  readonly second: SecondMachine;
  readonly log: EventLog;
  readonly #setting: Setting;
  readonly #cvmfs: string;

  private constructor(pool: Pool, second: SecondMachine, setting: Setting, cvmfs: string) {
    this.pool = pool;
    this.second = second;
    this.#setting = setting;
    this.#cvmfs = cvmfs;
    this.log = new EventLog(join(pool.folder, 'log'), () => pool.standing());
  }

  /** @param seed stands in the images */
  static async start(seed: number): Promise<PoolStage> {
    const setting = new Setting();
    const pool = await Pool.start(people()[0]!);
    const cvmfs = join(pool.folder, 'cvmfs');
    makeCernRepository(
      join(cvmfs, REPOSITORY),
      Object.fromEntries(
        IMAGES.map(name => [
          name,
          { files: smallImage({ ...singularityRecord({ from: name }), proof: `${proofOf(name, seed)}\n` }) },
        ]),
      ),
    );
    const words = ['--root', pool.tree, '--prefix', LIBEXEC, '--config', pool.configuration];
    // Looks happen when they are asked for: what a machine told before it lost something stays told until then.
    const looks = ['--period', '1h', '--cvmfs-timeout', '10', '--cvmfs-root', cvmfs];
    const { code, stderr } = setting.jcds(['condor', 'install', ...words, ...looks]);
    if (code !== 0) throw new Error(stderr);
    const second = await SecondMachine.start(
      pool,
      [`NUM_CPUS = ${4 * CPUS}`],
      ['STARTD_CRON_JCDS_RECONFIG_RERUN = True', 'UPDATE_INTERVAL = 3'],
    );
    await second.mount(join(cvmfs, REPOSITORY), join(cvmfs, REPOSITORY));
    for (const name of ['out', 'err', 'marks']) mkdirSync(join(pool.folder, name));
    writeFileSync(join(pool.folder, 'job.sh'), JOB, { mode: 0o755 });
    const stage = new PoolStage(pool, second, setting, cvmfs);
    await pool.asRoot(['chown', '-R', '--reference', pool.folder, pool.folder]);
    return stage;
  }

  get repository(): string {
    return join(this.#cvmfs, REPOSITORY);
  }

  /** Lets the machines look, and waits until the second one has told this of that look: an earlier one could end after it. */
  async look(wanted: string): Promise<void> {
    const ask = (...told: string[]) => [
      ...['condor_status', '-constraint', `PartitionableSlot && ${OF_SECOND}`, '-af'],
      ...told,
    ];
    let told = '';
    // On a host that does much else, a look may end before it has an answer.
    for (let look = 0; look < 4 && told !== `true ${wanted}`; look++) {
      await this.pool.until(ask('JCDSTime > 0'), 'true', 30);
      const { stdout } = await this.pool.run(ask('JCDSTime'));
      await this.pool.asRoot(['condor_reconfig']);
      const isNewer = `JCDSTime > ${Number(stdout)}`;
      told = await this.pool.until(ask(isNewer, ...ATTRIBUTES), `true ${wanted}`, 30);
    }
    if (told !== `true ${wanted}`) throw new Error(`the second machine tells ${told}, not true ${wanted}`);
  }

  /** Submits jobs: a cluster for each image, by jcds or by hand. Answers their names in the queue, by their indices. */
  async submit(jobs: readonly PoolJob[]): Promise<Map<number, string>> {
    const ids = new Map<number, string>();
    for (const image of IMAGES)
      for (const isByHand of [false, true]) {
        const own = jobs.filter(job => job.image === image && job.isByHand === isByHand);
        if (own.length === 0) continue;
        const cluster = await this.#submitted(image, isByHand, own);
        for (const [process, { index }] of own.entries()) ids.set(index, `${cluster}.${process}`);
      }
    return ids;
  }

  async #submitted(image: string, isByHand: boolean, jobs: readonly PoolJob[]): Promise<string> {
    const file = `jobs.${jobs[0]!.index}.sub`;
    const lines = [
      ...['executable = job.sh', 'should_transfer_files = yes', `log = ${this.log.file}`],
      ...['output = out/$(index)', 'error = err/$(index)', `request_cpus = ${CPUS}`],
      // Whatever the second machine has lost, it is the one that is wanted.
      `rank = ${OF_SECOND.replace('Name', 'TARGET.Name')}`,
      `arguments = $(index) $(nap) $(end) ${join(this.pool.folder, 'marks')}`,
      ...(isByHand ? [`My.JCDSImage = "${image}"`] : []),
      'queue index,nap,end from (',
      ...jobs.map(({ index, nap, end }) => `${index} ${nap} ${endWord(end)}`),
      ...[')', ''],
    ];
    writeFileSync(join(this.pool.folder, file), lines.join('\n'));
    const words = isByHand
      ? ['condor_submit', file]
      : [this.#setting.program, 'condor', 'submit', '--retry-after', '1s', image, file];
    const { code, stdout, stderr } = await this.pool.run(words, {
      ...{ PATH: '/usr/bin:/bin', JCDS_NODE: this.pool.node, JCDS_NETWORK: 'false' },
      JCDS_CVMFS_ROOT: this.#cvmfs,
    });
    if (code !== 0) throw new Error(stderr);
    return /cluster (\d+)/.exec(stdout)![1]!;
  }

  /** Waits until one of these jobs has come into its image. */
  async inImage(jobs: readonly PoolJob[]): Promise<void> {
    const marks = jobs.map(({ index }) => join(this.pool.folder, 'marks', String(index)));
    for (let tries = 0; tries < 600 && !marks.some(file => existsSync(file)); tries++) await pause(50);
  }

  /** What HTCondor has in its records of jobs that have ended: their names, and these attributes. */
  async history(clusters: readonly string[], ...attributes: string[]): Promise<string[][]> {
    const words = ['condor_history', ...clusters, '-af:,', 'ClusterId', 'ProcId', ...attributes];
    const { stdout } = await this.pool.run(words);
    return stdout.split('\n').flatMap(line => (line === '' ? [] : [line.split(', ')]));
  }

  async close(): Promise<void> {
    this.log.close();
    await this.second.unmount();
    await this.pool.close();
    await this.second.remove();
    this.#setting.remove();
  }
}
