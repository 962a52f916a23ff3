import { CLOSED, DELETED } from '../situation.ts';
import { BOTH, BUILT, type Case, newStage, testCases, waysOf } from './cases.ts';

/** Rows 1, 2, 16 and 17 of issue 11: the home and the working directory. */
const HOME: readonly Case[] = [
  {
    what: 'home is /: a command of the image is found in the image',
    situation: { home: '/' },
    command: ['bmn'],
    says: 'bmn 1.0',
    layouts: BOTH,
    byHand: true,
  },
  {
    what: 'home is /: a command that only the host has is not in the image',
    situation: { home: '/' },
    command: ['dpkg-scanpackages-of-the-host'],
    root: 'mount -t tmpfs none /usr/local/sbin; cp /bin/true /usr/local/sbin/dpkg-scanpackages-of-the-host',
    says: '',
    warns: /^jcds: "dpkg-scanpackages-of-the-host" is not in the image/,
    code: 127,
  },
  {
    what: 'home is /: the root is the image’s',
    situation: { home: '/' },
    sh: 'ls /opt/own -A; echo $HOME',
    says: '.mark-image\n/',
    byHand: true,
  },
  {
    what: 'home is / and nobody has an account',
    situation: { home: '/', account: 'none', cwd: '/tmp/job' },
    sh: 'ls -A /opt/own; pwd',
    says: '.mark-image\n/tmp/job',
    ways: BUILT,
  },
  {
    what: 'HOME is /dev/null',
    situation: { home: '/dev/null', account: 'ordinary' },
    sh: 'echo ok',
    says: 'ok',
    byHand: true,
  },
  {
    what: 'HOME is relative',
    situation: { home: 'relative', account: 'ordinary' },
    sh: 'echo ok',
    says: 'ok',
    byHand: true,
  },
  {
    what: 'HOME is relative, in a directory that is gone',
    situation: { home: 'relative', account: 'ordinary', cwd: DELETED },
    sh: 'pwd; echo ~',
    says: '/home/me\n/home/me',
    warns: /^(?:\S+: \d+: getcwd\(\) failed: No such file or directory\n)*$/,
    byHand: true,
    ways: waysOf(({ kind }) => kind === 'exec'),
  },
  {
    what: 'HOME is empty',
    situation: { home: '', account: 'ordinary' },
    sh: 'echo ok',
    says: 'ok',
    byHand: true,
  },
  {
    what: 'HOME is not set',
    situation: { home: null, account: 'ordinary' },
    sh: 'ls -A ~/sub',
    says: '.mark-home-me-sub',
    byHand: true,
  },
  {
    what: 'HOME ends in a slash',
    situation: { home: '/home/me/' },
    sh: 'ls -A ~/sub; pwd; echo $HOME',
    says: '.mark-home-me-sub\n/home/me\n/home/me/',
    byHand: true,
  },
  {
    what: 'HOME ends in a slash, contained',
    situation: { home: '/home/me/', contain: true, cwd: '/lustre/me' },
    sh: 'pwd; echo $PWD $HOME; ls -A ~; : > ~/x && echo written',
    says: '/home/me\n/home/me /home/me/\nwritten',
    byHand: true,
  },
  {
    what: 'HOME is below /tmp and ends in a slash',
    situation: { home: '/tmp/home/', cwd: '/tmp/home' },
    sh: 'ls -A ~ | grep mark; ls -A /tmp/job; pwd; echo $HOME',
    says: '.mark-tmp-home\n.mark-tmp-job\n/tmp/home\n/tmp/home/',
    byHand: true,
  },
];

const DIRECTORY: readonly Case[] = [
  ...(
    [
      ['/home/me/work', '.mark-lustre-me'],
      ['/home/me/below', '.mark-lustre-far-below'],
      ['/home/me/work/data', '.mark-lustre-me-data'],
      ['/data/link', '.mark-data-a'],
      ['/data/link/inner', '.mark-data-a-inner'],
      ['/home/link', '.mark-home-me'],
      ['/home/link/sub', '.mark-home-me-sub'],
    ] as const
  ).map(
    ([cwd, mark]): Case => ({
      what: `the directory ${cwd} is one by way of a link`,
      situation: { cwd },
      sh: 'ls -A | grep mark; [ "$PWD" -ef . ] && echo PWD is there; : > written && rm written && echo written',
      says: `${mark}\nPWD is there\nwritten`,
      byHand: true,
    }),
  ),
  {
    what: 'a directory by way of a link, and the home is somewhere else',
    situation: { home: '/lustre/home', cwd: '/home/me/work' },
    sh: 'ls -A | grep mark; [ "$PWD" -ef . ] && echo PWD is there',
    says: '.mark-lustre-me\nPWD is there',
    byHand: true,
  },
  ...[DELETED, CLOSED].map(
    (cwd): Case => ({
      what: `the directory ${cwd} cannot be entered again`,
      situation: { cwd },
      sh: 'pwd',
      says: '/home/me',
      // The shell that reads the launcher says so first: docs/launching.md.
      ...(cwd === CLOSED ? { leaves: [`d ${CLOSED}`] } : {}),
      warns: /^(?:\S+: \d+: getcwd\(\) failed: No such file or directory\n)*$/,
      byHand: true,
    }),
  ),
  {
    what: '--home through a link',
    situation: { homeOption: '/home/link' },
    sh: 'ls -A ~ | grep mark; ls -A ~/sub',
    says: '.mark-home-me\n.mark-home-me-sub',
    byHand: true,
  },
  { what: '--workdir /', situation: { workdir: '/' }, sh: 'pwd; echo $PWD', says: '/\n/', byHand: true },
  {
    what: '--workdir by a link in the home',
    situation: { workdir: '/home/me/work' },
    sh: 'ls -A | grep mark; pwd -P',
    says: '.mark-lustre-me\n/lustre/me',
    byHand: true,
  },
  {
    what: '--env PWD=…: the job is where it was',
    situation: { set: [['PWD', '/typed']] },
    command: ['/bin/busybox-judge', 'readlink', '/proc/self/cwd'],
    says: '/home/me',
    byHand: true,
    ways: waysOf(({ runtime }) => runtime !== 'bubblewrap'),
  },
  ...(
    [
      ['exec', 125],
      ['wrap', 1],
    ] as const
  ).map(
    ([way, code]): Case => ({
      what: `--env PWD=… is refused for bubblewrap, which sets it itself: ${way}`,
      situation: { set: [['PWD', '/typed']] },
      says: '',
      warns: /^jcds: bubblewrap gives every job the PWD that it starts in, /,
      code,
      ways: waysOf(({ kind, runtime }) => runtime === 'bubblewrap' && kind === way),
    }),
  ),
  {
    what: 'APPTAINER_CONTAIN of a site: the job is in its home',
    situation: { cwd: '/lustre/me', environment: [['APPTAINER_CONTAIN', '1']] },
    sh: 'pwd',
    says: /^\/(?:home\/me|lustre\/me)$/,
    ways: waysOf(({ kind }) => kind === 'exec'),
  },
  ...['APPTAINER_CONTAIN', 'SINGULARITY_CONTAINALL', 'APPTAINER_NO_HOME', 'APPTAINER_PWD'].map(
    (name): Case => ({
      what: `${name} of a site, which scripts leave to jcds exec`,
      situation: { environment: [[name, '1']] },
      says: '',
      warns: /^jcds: a script cannot do what [^\n]+\nhint: jcds exec/,
      code: 125,
      ways: waysOf(({ kind }) => kind === 'wrap'),
    }),
  ),
];

const stage = newStage();
testCases(stage, [...HOME, ...DIRECTORY]);
