import { WAYS } from '../commands.ts';
import { BUILT, type Case, newStage, testCases, waysOf } from './cases.ts';

/** Rows 4, 5, 6, 7, 9, 10, 13 and 17 of issue 11: what is shown where. */
const MOUNT_POINTS: readonly Case[] = [
  ...(
    [
      ['/tmp/new/in', ['d /tmp/new', 'd /tmp/new/in']],
      ['/home/me/new', ['d /home/me/new']],
      ['/home/me/new/in', ['d /home/me/new', 'd /home/me/new/in']],
      ['/var/tmp/new', ['d /var/tmp/new']],
      ['/n/deep/er', []],
      ['/etc/grid-security', []],
      ['/opt/own/new', []],
    ] as const
  ).map(
    ([place, leaves]): Case => ({
      what: `a place that is made: ${place}`,
      situation: { binds: [{ source: '/data/a', place }] },
      sh: `ls -A ${place}`,
      says: '.mark-data-a\nfile\ninner',
      leaves,
      byHand: true,
    }),
  ),
  {
    what: 'a place for a file below /tmp',
    situation: { binds: [{ source: '/data/a/file', place: '/tmp/file' }] },
    sh: 'cat /tmp/file',
    says: '/data/a/file',
    leaves: ['f /tmp/file'],
    byHand: true,
  },
  {
    what: 'without a home, a bind below its place',
    situation: { noHome: true, cwd: '/lustre/me', binds: [{ source: '/data/a', place: '/home/me/data' }] },
    sh: 'ls -A /home/me/data',
    says: '.mark-data-a\nfile\ninner',
    byHand: true,
  },
  {
    what: 'the proxy in /tmp, contained',
    situation: { contain: true, environment: [['X509_USER_PROXY', '/tmp/x509up_u']] },
    sh: 'cat $X509_USER_PROXY; ls -A /tmp',
    says: '/tmp/x509up_u\nx509up_u',
    byHand: true,
  },
];

/** A script for bubblewrap lists an image itself, and refuses places behind its links. */
const BEHIND_LINKS = waysOf(({ kind, runtime }) => kind === 'wrap' && runtime === 'bubblewrap');
const NOT_BEHIND_LINKS = waysOf(({ kind, runtime }) => kind !== 'wrap' || runtime !== 'bubblewrap');

const OWN_LINKS: readonly Case[] = [
  ...(
    [
      ['vartmp-link', WAYS],
      ['tmp-link', NOT_BEHIND_LINKS],
    ] as const
  ).map(
    ([image, ways]): Case => ({
      what: `${image}: the host’s /tmp is at /tmp`,
      situation: { image },
      sh: 'ls -A /tmp/job; ls -A /tmp | grep mark',
      says: '.mark-tmp-job\n.mark-tmp',
      byHand: true,
      ways,
    }),
  ),
  ...['tmp-link', 'tmp-dangling', 'home-link'].map(
    (image): Case => ({
      what: `${image}: a script for bubblewrap shows nothing behind links`,
      situation: { image },
      says: '',
      warns: /^jcds: nothing can be shown at "\/(?:tmp|home\/me)" in this image: \/(?:tmp|home) is a link\n/,
      code: 125,
      ways: BEHIND_LINKS,
    }),
  ),
  {
    what: 'an image whose /tmp leads to nothing',
    situation: { image: 'tmp-dangling' },
    sh: 'echo ok',
    says: 'ok',
    byHand: true,
    ways: NOT_BEHIND_LINKS,
  },
  {
    what: 'an image whose /tmp leads to nothing, and the site shows no /tmp',
    situation: { image: 'tmp-dangling', environment: [['APPTAINER_NO_MOUNT', 'tmp']] },
    sh: 'ls -A /tmp/job 2>/dev/null || echo none',
    says: 'none',
    byHand: true,
    ways: waysOf(({ kind }) => kind === 'exec'),
  },
  {
    what: 'an image whose /home is a link',
    situation: { image: 'home-link' },
    sh: 'ls -A ~/sub',
    says: '.mark-home-me-sub',
    byHand: true,
    ways: NOT_BEHIND_LINKS,
  },
  {
    what: 'a bind onto /cvmfs',
    situation: { binds: [{ source: '/data/a', place: '/cvmfs' }] },
    sh: 'ls -A /cvmfs',
    says: '.mark-data-a\nfile\ninner',
    byHand: true,
  },
  {
    what: 'a bind through /var/run of the image',
    situation: { binds: [{ source: '/data/a', place: '/var/run/y' }] },
    sh: 'ls -A /run/y /var/run/y',
    says: '/run/y:\n.mark-data-a\nfile\ninner\n\n/var/run/y:\n.mark-data-a\nfile\ninner',
    byHand: true,
    ways: NOT_BEHIND_LINKS,
  },
  {
    what: 'an image without /dev',
    situation: { image: 'no-dev' },
    sh: 'echo x > /dev/null && echo ok',
    says: 'ok',
    byHand: true,
  },
];

const SITE: readonly Case[] = [
  'APPTAINER_BIND',
  'APPTAINER_BINDPATH',
  'SINGULARITY_BIND',
  'SINGULARITY_BINDPATH',
].flatMap((name): Case[] => [
  {
    what: `${name}: two places, one of them by another name and read-only`,
    situation: { environment: [[name, '/eos,/data/a:/n/in:ro']] },
    sh: 'ls -A /eos; ls -A /n/in; : > /eos/written && rm /eos/written && echo written; ( : > /n/in/written ) 2>/dev/null || echo read-only',
    says: '.mark-eos\ndata\n.mark-data-a\nfile\ninner\nwritten\nread-only',
    byHand: true,
  },
  {
    what: `${name} and --contain`,
    situation: { contain: true, environment: [[name, '/eos']] },
    sh: 'ls -A /eos',
    says: '.mark-eos\ndata',
    byHand: true,
  },
  {
    what: `-B wins over ${name}`,
    situation: { environment: [[name, '/eos:/n']], binds: [{ source: '/data/a', place: '/n' }] },
    sh: 'ls -A /n',
    says: '.mark-data-a\nfile\ninner',
  },
  {
    what: `${name} of something that is not here is dropped`,
    situation: { environment: [[name, '/gone,/eos']] },
    sh: 'ls -A /eos',
    says: '.mark-eos\ndata',
    warns: /^(?:jcds: .*\/gone.*\n)?$/,
  },
]);

const OWN_FILES: readonly Case[] = [
  ...(
    [
      ['/etc/passwd', 'mary:x:7777:7777::/:/bin/sh'],
      ['/etc/group', 'marys:x:7777:'],
      ['/etc/hosts', '127.9.9.9 of-the-bind'],
      ['/etc/resolv.conf', 'nameserver 127.9.9.9'],
    ] as const
  ).map(
    ([place, line]): Case => ({
      what: `a bind onto ${place} is what the job sees`,
      situation: { binds: [{ source: place.replace('/etc', '/data/files'), place }] },
      sh: `tail -n 1 ${place}`,
      says: line,
      byHand: true,
    }),
  ),
  {
    what: 'a bind onto /tmp',
    situation: { binds: [{ source: '/data/a', place: '/tmp' }] },
    sh: 'ls -A /tmp',
    says: '.mark-data-a\nfile\ninner',
    byHand: true,
  },
  {
    what: 'a bind of /proc',
    situation: { binds: [{ source: '/proc' }] },
    sh: 'cat /proc/self/comm',
    says: 'cat',
    byHand: true,
  },
  {
    what: 'a read-only bind of /proc, and one below it',
    situation: { binds: [{ source: '/proc', place: '/proc', mode: 'ro' }] },
    sh: 'cat /proc/self/comm; [ -e /proc/self/fd/0 ] && echo there',
    says: 'cat\nthere',
    byHand: true,
  },
];

const READ_ONLY: readonly Case[] = [
  {
    what: 'a read-only bind with a directory that only root may enter',
    situation: { binds: [{ source: '/lustre/open', place: '/lustre/open', mode: 'ro' }] },
    sh: 'ls -A /lustre/open/child; ls /lustre/open/closed 2>/dev/null || echo closed; ( : > /lustre/open/child/x ) 2>/dev/null || echo read-only',
    says: '.mark-lustre-open-child\nclosed\nread-only',
    byHand: true,
  },
  {
    what: 'a writable bind in a read-only one',
    situation: {
      binds: [
        { source: '/data/nest', place: '/n', mode: 'ro' },
        { source: '/data/a', place: '/n/in' },
      ],
    },
    sh: 'ls -A /n/in; ( : > /n/x ) 2>/dev/null || echo read-only; : > /n/in/x && rm /n/in/x && echo written',
    says: '.mark-data-a\nfile\ninner\nread-only\nwritten',
    byHand: true,
  },
  {
    what: 'a read-only bind with a mount of the host below it',
    situation: { binds: [{ source: '/data/nest', place: '/n', mode: 'ro' }] },
    root: 'mount -t tmpfs none /data/nest/in; : > /data/nest/in/.mark-mounted; chmod 1777 /data/nest/in',
    sh: 'ls -A /n/in',
    says: '.mark-mounted',
    byHand: true,
  },
];

const WITH_LAYERS = waysOf(({ runtime }) => runtime !== 'bubblewrap');
const BY_BUBBLEWRAP = waysOf(({ runtime }) => runtime === 'bubblewrap');

const LIMITS: readonly Case[] = [
  {
    what: 'a bind into a directory of 4,000 entries',
    situation: { image: 'many', binds: [{ source: '/data/a/file', place: '/usr/lib/big/mine' }] },
    sh: 'cat /usr/lib/big/mine; ls /usr/lib/big | wc -l',
    says: '/data/a/file\n4001',
    byHand: true,
    ways: WITH_LAYERS,
  },
  {
    what: 'an image with 4,000 homes',
    situation: { image: 'many-homes' },
    sh: 'ls -A ~/sub; ls /home | wc -l',
    says: '.mark-home-me-sub\n4001',
    byHand: true,
    ways: WITH_LAYERS,
  },
  {
    what: 'places in and below a directory of 4,000 entries, and nothing else can be written there',
    situation: {
      image: 'many',
      binds: [
        { source: '/data/a', place: '/usr/lib/big/new/deep', mode: 'ro' },
        { source: '/data/a/file', place: '/usr/lib/big/libfile7.so.1' },
        { source: '/eos', place: '/usr/lib/big/eos' },
      ],
    },
    sh: 'ls -A /usr/lib/big/new/deep; cat /usr/lib/big/libfile7.so.1; ls -A /usr/lib/big/eos; ls /usr/lib/big | wc -l; for d in . new new/deep; do ( : > /usr/lib/big/$d/x ) 2>/dev/null || echo read-only; done',
    says: '.mark-data-a\nfile\ninner\n/data/a/file\n.mark-eos\ndata\n4002\nread-only\nread-only\nread-only',
    ways: waysOf(({ runtime }) => runtime === 'unshare' || runtime === 'charliecloud'),
  },
  {
    what: 'a bind into a directory of 4,000 entries, which bubblewrap cannot show one by one',
    situation: { image: 'many', binds: [{ source: '/data/a/file', place: '/usr/lib/big/mine' }] },
    says: '',
    warns: /^jcds: bubblewrap takes [^\n]+ \/usr\/lib\/big\nhint: [^\n]+apptainer/,
    code: 125,
    ways: BY_BUBBLEWRAP,
  },
  {
    what: 'names that are not UTF-8 in the image’s root',
    situation: { image: 'raw-name' },
    sh: 'ls -d /bad* | od -An -tx1 | tr -d " \\n"; echo',
    says: '2f626164ff0a',
    byHand: true,
  },
];

const WORDS: readonly Case[] = [
  {
    what: '-B a,b: one of them a time',
    situation: { binds: [{ source: '/data/a,/eos' }] },
    says: '',
    warns: /^jcds: [\s\S]*repeat -B/,
    code: 125,
    ways: waysOf(({ kind }) => kind === 'exec'),
  },
  {
    what: 'a place that cannot be made is said by jcds first',
    situation: { binds: [{ source: '/data/a', place: '/dev/null/x' }] },
    says: '',
    warns: /^jcds: /,
    code: 125,
    ways: BUILT,
  },
];

const stage = newStage();
testCases(stage, [...MOUNT_POINTS, ...OWN_LINKS, ...SITE, ...OWN_FILES, ...READ_ONLY, ...LIMITS, ...WORDS]);
