import { CLOSED, DELETED } from './situation.ts';

/** Those of images.sh. */
export const IMAGES = [
  ...[
    'small',
    'plain',
    'tmp-link',
    'vartmp-link',
    'tmp-dangling',
    'home-link',
    'no-home',
    'run-link',
    'no-dev',
    'no-passwd',
  ],
  ...[
    'own-uid',
    'own-name',
    'many',
    'many-homes',
    'raw-name',
    'env90',
    'hep-env',
    'own-cvmfs',
    'own-eos',
    'own-zone',
    'no-zone',
    'etc-links',
  ],
];

/** What HOME says; null: nothing. */
export const HOMES = [
  ...[
    '/',
    '/home/me/',
    '/home/link',
    '/tmp/home',
    '/tmp/home/',
    '/lustre/home',
    '/home/gone',
    '/nonexistent',
  ],
  ...['/dev/null', 'relative', '', null],
];

/** Where the caller is. */
export const PLACES = [
  ...[
    '/home/me/sub',
    '/home/me/work',
    '/home/me/work/data',
    '/home/me/below',
    '/home/link',
    '/home/link/sub',
  ],
  ...[
    '/lustre/me',
    '/lustre/me/data',
    '/lustre/far/below',
    '/eos',
    '/eos/data',
    '/data/link',
    '/data/link/inner',
  ],
  ...['/tmp', '/tmp/job', '/tmp/home', '/var/tmp', '/var/tmp/job', '/scratch/tmp'],
  ...['/', '/usr', '/opt', '/etc', '/home', '/srv', '/cvmfs', '/usr/share', DELETED, CLOSED],
];
