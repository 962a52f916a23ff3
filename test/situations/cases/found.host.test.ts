import { type Case, newStage, testCases, waysOf } from './cases.ts';

const BY_EXEC = waysOf(({ kind }) => kind === 'exec');

/** What random situations have shown (npm run prove -- situations) and no row of issue 11 names. */
const FOUND: readonly Case[] = [
  ...['/opt', '/', '/usr'].map(
    (cwd): Case => ({
      what: `contained, from the host’s ${cwd}: the job is in its home, not in the image’s directory of this name`,
      situation: { contain: true, cwd },
      sh: 'pwd; echo $PWD',
      says: '/home/me\n/home/me',
      byHand: true,
      ways: BY_EXEC,
    }),
  ),
  {
    what: 'contained, from /cvmfs: it is not empty',
    situation: { contain: true, cwd: '/cvmfs' },
    sh: 'ls /cvmfs',
    says: 'containers.jinr.ru\nunpacked.cern.ch',
    byHand: true,
    ways: BY_EXEC,
  },
  {
    what: 'a site that shows no working directory, from /cvmfs: it is not empty',
    situation: { cwd: '/cvmfs', environment: [['APPTAINER_NO_MOUNT', 'cwd']] },
    sh: 'ls /cvmfs',
    says: 'containers.jinr.ru\nunpacked.cern.ch',
    byHand: true,
    ways: BY_EXEC,
  },
  ...[false, true].map(
    (noHome): Case => ({
      what: `contained${noHome ? ' and without a home' : ''}, a bind onto /home: the job starts`,
      situation: { contain: true, noHome, binds: [{ source: '/data/a', place: '/home' }] },
      sh: 'ls -A /home | grep -v me',
      says: '.mark-data-a\nfile\ninner',
      ways: waysOf(({ kind, runtime }) => kind === 'exec' && runtime !== 'apptainer'),
    }),
  ),
  {
    what: 'a bind onto /home: the caller’s directory is shown in it',
    situation: { binds: [{ source: '/data/a', place: '/home' }] },
    sh: 'ls -A | grep mark',
    says: '.mark-home-me',
    leaves: ['d /data/a/me'],
    ways: waysOf(({ kind, runtime }) => kind === 'exec' && runtime !== 'apptainer'),
  },
  {
    what: 'an image with 4,000 homes, and a bind onto /home can be written',
    situation: { image: 'many-homes', binds: [{ source: '/home' }] },
    sh: ': > ~/x && rm ~/x && echo written',
    says: 'written',
    byHand: true,
    ways: waysOf(({ kind, runtime }) => kind === 'exec' && runtime !== 'bubblewrap'),
  },
  {
    what: 'a site that shows no working directory, from /home: the image’s',
    situation: { home: '/tmp/home', cwd: '/home', environment: [['APPTAINER_NO_MOUNT', 'cwd']] },
    sh: 'pwd; ls -A',
    says: '/home',
    byHand: true,
    ways: BY_EXEC,
  },
  {
    what: 'a site that shows no /tmp, and a directory in it: nothing else can be written there',
    situation: { cwd: '/tmp/job', environment: [['APPTAINER_NO_MOUNT', 'tmp']] },
    sh: ': > written && rm written && echo written; ( : > /tmp/x ) 2>/dev/null || echo read-only',
    says: 'written\nread-only',
    byHand: true,
    ways: BY_EXEC,
  },
  {
    what: 'a proxy that is a link in the caller’s directory, and the home is somewhere else',
    situation: { home: '/lustre/home', environment: [['X509_USER_PROXY', '/home/me/proxy-link']] },
    sh: 'cat $X509_USER_PROXY',
    says: '/lustre/me/proxy',
    ways: BY_EXEC,
  },
  {
    what: 'a bind by a link in the caller’s directory, and the home by the same',
    situation: { home: '/lustre/home', homeOption: '/home/me/work', binds: [{ source: '/home/me/work' }] },
    sh: 'ls -A /home/me/work/data ~/data',
    says: '/home/me/work/data:\n.mark-lustre-me-data\n\n/home/me/work/data:\n.mark-lustre-me-data',
    ways: BY_EXEC,
  },
  {
    what: 'a bind of /tmp, and the home is in it',
    situation: { home: '/tmp/home', cwd: '/usr/share', binds: [{ source: '/tmp' }] },
    sh: 'ls -A ~ | grep mark',
    says: '.mark-tmp-home',
    byHand: true,
    ways: BY_EXEC,
  },
  {
    what: 'without a home, from its place, a bind below it',
    situation: { noHome: true, binds: [{ source: '/data/a', place: '/home/me/new' }] },
    sh: 'ls -A /home/me/new',
    says: '.mark-data-a\nfile\ninner',
    ways: waysOf(({ kind, runtime }) => kind === 'exec' && runtime === 'apptainer'),
  },
  {
    what: 'a home that is not there, from the directory above it',
    situation: { home: '/home/gone', cwd: '/home' },
    sh: 'pwd',
    says: '/home',
    byHand: true,
    ways: BY_EXEC,
  },
  {
    what: 'an image without /dev, contained, and a bind in /dev: the job starts',
    situation: { image: 'no-dev', contain: true, binds: [{ source: '/data/a/file', place: '/dev/null' }] },
    sh: 'cat /dev/null',
    says: '/data/a/file',
    byHand: true,
    ways: BY_EXEC,
  },
  {
    what: 'a directory by a link in a home that a bind hides: by its real name',
    situation: { cwd: '/home/me/work/data', binds: [{ source: '/data/a', place: '/home' }] },
    sh: 'ls -A; pwd',
    says: '.mark-lustre-me-data\n/lustre/me/data',
    ways: waysOf(({ kind, runtime }) => kind === 'exec' && runtime !== 'apptainer'),
  },
  ...['tmp-link', 'vartmp-link', 'debian'].map(
    (image): Case => ({
      what: `${image}, from /var/tmp/job: the job is there, and not in /tmp/job`,
      situation: { image, cwd: '/var/tmp/job' },
      sh: 'ls -A; : > here && ls -A && rm here',
      says: 'here',
      byHand: true,
      ways: BY_EXEC,
    }),
  ),
  ...(
    [
      ['X509_USER_PROXY', '/lustre/me/proxy'],
      ['KRB5CCNAME', 'FILE:/lustre/me/cc'],
      ['BEARER_TOKEN_FILE', '/lustre/me/token'],
    ] as const
  ).map(
    ([name, value]): Case => ({
      what: `the policy clean keeps ${name} from the job: its file is not shown either`,
      situation: { policy: 'clean', environment: [[name, value]] },
      sh: `echo "\${${name}-none}"; ls -d /lustre 2>/dev/null || echo not shown`,
      says: 'none\nnot shown',
    }),
  ),
  {
    what: 'contained, and HOME is not the account’s: the home that HOME says, empty',
    situation: { contain: true, home: '/tmp/home/', account: 'ordinary', cwd: '/tmp/job' },
    sh: 'pwd; ls -A ~; ls -A /tmp',
    says: '/tmp/home\nhome',
    ways: BY_EXEC,
  },
  ...['/home/me', '/usr/share'].map(
    (cwd): Case => ({
      what: `a bind onto /etc/localtime, a link in the image, from ${cwd}: it stands there, and not where the link leads`,
      situation: { cwd, binds: [{ source: '/data/a/file', place: '/etc/localtime' }] },
      sh: 'cat /etc/localtime; [ -w /etc/localtime ] && [ ! -L /etc/localtime ] && head -c 4 /usr/share/zoneinfo/Etc/UTC',
      says: '/data/a/file\nTZif',
      byHand: true,
    }),
  ),
  ...[false, true].map(
    (contain): Case => ({
      what: `${contain ? 'contained, ' : ''}a bind onto the directory of credentials: none is made in what is bound`,
      situation: {
        contain,
        binds: [{ source: '/data/a', place: '/lustre' }],
        environment: [
          ['KRB5CCNAME', 'WRFILE:/lustre/me/cc'],
          ['X509_USER_PROXY', '/lustre/me/proxy'],
        ],
      },
      sh: 'ls -A /lustre',
      says: '.mark-data-a\nfile\ninner',
      byHand: true,
      ways: BY_EXEC,
    }),
  ),
  {
    what: 'a bind by a link to the directory of a credential: none is made in what is bound',
    situation: {
      binds: [{ source: '/data/a', place: '/home/me/work' }],
      environment: [['KRB5CCNAME', 'WRFILE:/lustre/me/cc']],
    },
    sh: 'ls -A ~/work',
    says: '.mark-data-a\nfile\ninner',
    ways: BY_EXEC,
  },
  {
    what: 'contained, an image whose /tmp is a link, and a site’s directory for what is written: /tmp is that',
    situation: { contain: true, image: 'tmp-link', environment: [['APPTAINER_WORKDIR', '/scratch']] },
    sh: 'ls -A /tmp',
    says: '.mark-scratch-tmp',
    leaves: ['d /scratch/home', 'd /scratch/var_tmp'],
    byHand: true,
    ways: waysOf(({ kind, runtime }) => kind === 'exec' && runtime === 'apptainer'),
  },
  {
    what: 'a batch directory of another name below a bind: no place is made for that name in what is bound',
    situation: {
      binds: [
        { source: '/data/a', place: '/home/me/work' },
        { source: '/lustre', place: '/n' },
      ],
      environment: [['TMPDIR', '/home/me/work/scratch']],
    },
    sh: 'ls -A ~/work',
    says: '.mark-data-a\nfile\ninner',
    ways: BY_EXEC,
  },
];

const stage = newStage();
testCases(stage, FOUND);
