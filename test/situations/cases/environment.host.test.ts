import { BOTH, BUILT, BY_APPTAINER, type Case, newStage, testCases, waysOf } from './cases.ts';

/** Rows 3, 6, 11, 12, 15, 16 and 17 of issue 11: variables, accounts, the zone, credentials. */
const VARIABLES: readonly Case[] = [
  {
    what: 'keep: the image’s value wins',
    situation: { environment: [['FOO', 'host']] },
    sh: 'echo $FOO',
    says: 'bar baz',
    layouts: BOTH,
    byHand: true,
  },
  {
    what: 'keep: the image’s empty value wins',
    situation: { environment: [['EMPTY', 'full']] },
    sh: 'echo "[$EMPTY]"',
    says: '[]',
    byHand: true,
  },
  {
    what: 'keep: what the image does not set is the caller’s',
    situation: { environment: [['OTHER', 'x']] },
    sh: 'echo $OTHER',
    says: 'x',
    byHand: true,
  },
  {
    what: '--env wins over both',
    situation: { environment: [['FOO', 'host']], set: [['FOO', 'typed']] },
    sh: 'echo $FOO',
    says: 'typed',
    byHand: true,
  },
  {
    what: 'APPTAINERENV_ wins over the image',
    situation: { environment: [['APPTAINERENV_FOO', 'addressed']] },
    sh: 'echo $FOO',
    says: 'addressed',
    byHand: true,
  },
  {
    what: 'hep: the caller’s value wins for the names of its list',
    situation: {
      image: 'hep-env',
      policy: 'hep',
      environment: [
        ['OMP_NUM_THREADS', '7'],
        ['FOO', 'host'],
      ],
    },
    sh: 'echo $OMP_NUM_THREADS $FOO',
    says: '7 bar baz',
  },
  {
    what: 'keep: the image’s value wins for them too',
    situation: { image: 'hep-env', environment: [['OMP_NUM_THREADS', '7']] },
    sh: 'echo $OMP_NUM_THREADS',
    says: '1',
    byHand: true,
  },
  {
    what: 'APPTAINER_CLEANENV of a site and hep: the proxy is there',
    situation: {
      policy: 'hep',
      environment: [
        ['APPTAINER_CLEANENV', '1'],
        ['X509_USER_PROXY', '/tmp/x509up_u'],
      ],
    },
    sh: 'cat $X509_USER_PROXY',
    says: '/tmp/x509up_u',
    ways: waysOf(({ kind }) => kind === 'exec'),
  },
  ...['APPTAINER_CLEANENV', 'SINGULARITY_NO_EVAL'].map(
    (name): Case => ({
      what: `${name} of a site, which scripts leave to jcds exec`,
      situation: { environment: [[name, '1']] },
      says: '',
      warns: /^jcds: a script cannot do what [^\n]+\nhint: jcds exec/,
      code: 125,
      ways: waysOf(({ kind }) => kind === 'wrap'),
    }),
  ),
  {
    what: 'APPTAINERENV_PATH is set and empty',
    situation: { environment: [['APPTAINERENV_PATH', '']] },
    sh: 'echo $PATH',
    says: '/opt/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    byHand: true,
  },
  {
    what: 'no GPU was given (CUDA_VISIBLE_DEVICES=10000), and clean forgets the variable',
    situation: { policy: 'clean', environment: [['CUDA_VISIBLE_DEVICES', '10000']] },
    sh: 'echo "[$CUDA_VISIBLE_DEVICES]"',
    says: '[]',
    byHand: true,
  },
  {
    what: '--gpu nvidia where there is none: one warning',
    situation: { gpu: 'nvidia' },
    sh: 'echo ok',
    says: 'ok',
    warns: /^jcds: [^\n]+\n$/,
  },
  {
    what: '90-environment.sh is applied',
    situation: { image: 'env90' },
    sh: 'echo $FROM90',
    says: 'yes',
    layouts: BOTH,
    byHand: true,
  },
  {
    what: '91-environment.sh is applied line by line',
    situation: {
      image: 'env90-lines',
      environment: [
        ['OTHER', 'x'],
        ['QUOTED', 'host'],
        ['NOT_EXPORTED', 'host'],
        ['UNSET', 'host'],
      ],
    },
    sh: 'for n in FROM_LINES LATER QUOTED HOSTS HERE NOT_EXPORTED UNSET NONE SINGLE FOO OTHER; do eval "echo \\"$n=\\$$n\\""; done; echo $PATH ${LD_LIBRARY_PATH%:/.singularity.d/libs}',
    says: [
      ...['FROM_LINES=plain', 'LATER=plain', 'QUOTED=two bar baz words', 'HOSTS=[]', 'HERE=/home/me'],
      ...['NOT_EXPORTED=', 'UNSET=host', 'NONE=/home/me/none', 'SINGLE=$x "y"', 'FOO=later', 'OTHER=x'],
      '/opt/nine:/opt/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /opt/nine/lib:/opt/app/lib',
    ].join('\n'),
    byHand: true,
    ways: waysOf(({ kind, runtime }) => kind === 'exec' || runtime === 'apptainer'),
  },
  {
    what: '91-environment.sh that is a program: Apptainer runs it',
    situation: { image: 'env90-code' },
    sh: 'echo $FROM_CODE',
    says: 'yes',
    byHand: true,
    ways: BY_APPTAINER,
  },
  {
    what: '91-environment.sh that is a program: the others name it',
    situation: { image: 'env90-code' },
    sh: 'echo "[$FROM_CODE]"',
    says: '[]',
    warns:
      /^jcds: the image sets variables by shell code \(\.singularity\.d\/env: 91-environment\.sh\)[^\n]+\n$/,
    ways: BUILT.filter(({ kind }) => kind === 'exec'),
  },
  {
    what: '91-environment.sh that a script cannot read ends it',
    situation: { image: 'env90-code' },
    says: '',
    warns: /^jcds: [^\n]+ 91-environment\.sh, a script of its own\n/,
    code: 125,
    ways: BUILT.filter(({ kind }) => kind === 'wrap'),
  },
];

const ACCOUNTS: readonly Case[] = [
  {
    what: 'the account is the caller’s',
    sh: 'grep ":$(id -u):" /etc/passwd | cut -d: -f5-',
    says: ':/home/me:/bin/bash',
    byHand: true,
  },
  {
    what: 'an entry of the image with the caller’s number: its home is the caller’s',
    situation: { image: 'own-uid' },
    sh: 'grep ":$(id -u):" /etc/passwd | cut -d: -f1,5-',
    says: 'ubuntu:Ubuntu:/home/me:/bin/sh',
    byHand: true,
  },
  {
    what: 'the group is the caller’s',
    sh: 'grep -c ":$(id -g):$(id -un)$" /etc/group',
    says: '1',
    byHand: true,
  },
  {
    what: 'the files of accounts can be read by all and written by the job, whatever the umask is',
    before: 'umask 077',
    sh: 'umask; stat -c %a /etc/passwd /etc/group; : >> /etc/passwd && : >> /etc/group && echo written',
    says: '0077\n644\n644\nwritten',
    byHand: true,
  },
  {
    what: 'the job may change its copy of resolv.conf, and not the host’s hosts',
    sh: '( : >> /etc/resolv.conf ) && echo written; ( : >> /etc/hosts ) 2>/dev/null || echo read-only; stat -c %a /etc/resolv.conf',
    says: 'written\nread-only\n644',
    byHand: true,
  },
  {
    what: 'the zone of the host',
    situation: { zone: 'Asia/Tokyo' },
    command: ['/bin/busybox-judge', 'date', '+%Z'],
    says: 'JST',
    byHand: true,
  },
];

const TICKETS: readonly Case[] = (
  [
    ['X509_USER_PROXY', '/home/me/proxy-link', 'cat "$X509_USER_PROXY"', '/lustre/me/proxy'],
    ['X509_USER_PROXY', '/lustre/me/proxy', 'cat "$X509_USER_PROXY"', '/lustre/me/proxy'],
    ['KRB5CCNAME', 'FILE:/lustre/me/cc', 'cat "${KRB5CCNAME#FILE:}"', '/lustre/me/cc'],
    ['KRB5CCNAME', 'WRFILE:/lustre/me/cc', 'cat "${KRB5CCNAME#WRFILE:}"', '/lustre/me/cc'],
    ['KRB5CCNAME', '/lustre/me/cc', 'cat "$KRB5CCNAME"', '/lustre/me/cc'],
    ['KRB5CCNAME', 'DIR:/lustre/me/tickets', 'cat "${KRB5CCNAME#DIR:}/tkt"', '/lustre/me/tickets/tkt'],
    ['KRB5CCNAME', 'DIR::/lustre/me/tickets/tkt', 'cat "${KRB5CCNAME#DIR::}"', '/lustre/me/tickets/tkt'],
    ['BEARER_TOKEN_FILE', '/lustre/me/token', 'cat "$BEARER_TOKEN_FILE"', '/lustre/me/token'],
  ] as const
).flatMap(([name, value, sh, says]) =>
  (['keep', 'hep'] as const).map(
    (policy): Case => ({
      what: `${name}=${value}, ${policy}`,
      situation: { policy, environment: [[name, value]] },
      sh,
      says,
    }),
  ),
);

const stage = newStage();
testCases(stage, [...VARIABLES, ...ACCOUNTS, ...TICKETS]);
