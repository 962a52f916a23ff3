import { DELETED, type Situation } from './situation.ts';

/**
 * What seldom comes together by itself, and of which stated.ts says something or which a planted fault needs
 * (planted-faults.ts): each is drawn some ten times in a thousand.
 */
export const TOGETHER: readonly Partial<Situation>[] = [
  { contain: true, cwd: '/eos', binds: [{ source: '.' }] },
  { binds: [{ source: '/data/a', place: '/home' }] },
  { cwd: '/eos', binds: [{ source: '/data/a', place: '/eos/data' }] },
  { cwd: '/usr/share', environment: [['APPTAINER_NO_MOUNT', 'cwd']] },
  { contain: true, environment: [['APPTAINER_WORKDIR', '/scratch']] },
  { environment: [['APPTAINER_WRITABLE_TMPFS', '1']] },
  { environment: [['APPTAINER_FAKEROOT', '1']] },
  { image: 'home-link', homeOption: '/lustre/home', cwd: '/home/me/sub' },
  { cwd: DELETED, workdir: '/tmp' },
  { cwd: '/home/me/sub', binds: [{ source: '/data/a', place: '/home' }] },
  {
    binds: [{ source: '/data/nest', place: '/n', mode: 'ro' }],
    environment: [['SINGULARITY_BIND', '/data/a/file:/n/file']],
  },
  { environment: [['APPTAINER_NO_MOUNT', 'bind-paths']] },
  { contain: true, home: '/lustre/home', account: 'ordinary' },
  {
    home: '/lustre/home',
    cwd: '/lustre/me/scratch',
    environment: [['_CONDOR_SCRATCH_DIR', '/home/me/work/scratch']],
  },
  { home: '/dev/null', account: 'ordinary' },
  { cwd: '/eos', environment: [['APPTAINER_NO_MOUNT', 'cwd']] },
  { workdir: '/home/me/work' },
  { binds: [{ source: '/data/a', place: '/home/me/new/in' }] },
];
