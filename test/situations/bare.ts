import { accountHome, bindText, isLasting, realPath, type Situation } from './situation.ts';

/**
 * The command that somebody types who has Apptainer and its manual, and wants what the situation's options say. jcds' pages
 * promise three things that Apptainer does when it is told: CVMFS is shown, and what a credential's variable names; home is $HOME
 * where that is a directory; the job is in the directory that the caller sees.
 */
export function bareWords(situation: Situation): string[] {
  const { binds, set, contain, gpu, workdir, writableTmpfs } = situation;
  return [
    ...['apptainer', '-s', 'exec'],
    ...(contain ? ['--contain'] : []),
    ...homeWords(situation),
    ...environmentWords(situation),
    ...(gpu === 'nvidia' ? ['--nv'] : []),
    ...(writableTmpfs ? ['--writable-tmpfs'] : []),
    ...(binds.some(({ place }) => place === '/cvmfs') ? [] : ['--bind', '/cvmfs']),
    ...credentials(situation).flatMap(file => ['--bind', `${file}:${file}:ro`]),
    ...cwdWords(situation),
    ...binds.flatMap(bind => ['--bind', bindText({ ...bind, source: absolute(situation, bind.source) })]),
    ...(workdir === null ? [] : ['--pwd', workdir]),
    ...set.flatMap(([name, value]) => ['--env', `${name}=${escaped(value)}`]),
    imagePath(situation),
  ];
}

/** The manual wants whole paths; jcds takes a relative one from where the caller is. */
function absolute({ cwd }: Situation, source: string): string {
  if (source.startsWith('/')) return source;
  return source === '.' ? cwd : `${cwd === '/' ? '' : cwd}/${source}`;
}

function imagePath({ image, layout }: Situation): string {
  return layout === 'osg'
    ? `/cvmfs/containers.jinr.ru/library/${image}:1`
    : `/cvmfs/unpacked.cern.ch/registry.hub.docker.com/library/${image}:1`;
}

/** `--home` where $HOME is a directory and not the account's own, which Apptainer takes by itself. */
function homeWords(situation: Situation): string[] {
  const { home, homeOption, noHome, contain } = situation;
  if (homeOption !== null) return ['--home', homeOption];
  if (noHome) return ['--no-home'];
  const isDirectory = home !== null && HOMES.has(realPath(home));
  return isDirectory && home !== accountHome(situation) && !contain ? ['--home', home] : [];
}

/** What of the stage is a home directory. */
const HOMES: ReadonlySet<string> = new Set(['/', '/home/me', '/tmp/home', '/lustre/home']);

/** A directory reached by a link is shown, and entered, by its real name. */
function cwdWords({ cwd, contain, workdir }: Situation): string[] {
  if (!isLasting(cwd) || contain || realPath(cwd) === cwd || workdir !== null) return [];
  return ['--bind', realPath(cwd), '--pwd', realPath(cwd)];
}

/** Files that variables name, and that are on the stage. */
function credentials({ environment, policy, home, contain }: Situation): string[] {
  if (policy === 'clean') return [];
  const shown = [
    ...(contain ? [] : ['/tmp', '/var/tmp', ...(home?.startsWith('/') === true ? [home] : [])]),
    // What a site binds is there already.
    ...environment.flatMap(([name, value]) => (/BIND(?:PATH)?$/.test(name) ? [value.split(':')[0]!] : [])),
  ];
  return environment.flatMap(([name, value]) => {
    const file = CREDENTIALS[name] === undefined ? '' : value.replace(CREDENTIALS[name], '');
    const isThere = STAGED.has(realPath(file));
    return isThere && !shown.some(place => realPath(file).startsWith(`${place}/`)) ? [file] : [];
  });
}

const CREDENTIALS: Readonly<Record<string, RegExp>> = {
  X509_USER_PROXY: /^/,
  BEARER_TOKEN_FILE: /^/,
  KRB5CCNAME: /^(?:FILE:|WRFILE:|DIR::?)?/,
};

const STAGED: ReadonlySet<string> = new Set([
  ...[
    '/lustre/me/proxy',
    '/lustre/me/cc',
    '/lustre/me/token',
    '/lustre/me/tickets',
    '/lustre/me/tickets/tkt',
  ],
  ...['/tmp/x509up_u'],
]);

/** What `clean` and `hep` keep of the caller's (docs/environment.md), by hand. */
/** The way out to the network, which Apptainer's --cleanenv leaves. */
const LEFT_BY_CLEANENV = /^(?:https?|ftp|all|no)_proxy$/i;
const ALWAYS_KEPT = /^(?:TERM|LANG|USER)$/;
const KEPT_BY_HEP =
  /^(?:X509_.*|KRB5CCNAME|BEARER_TOKEN.*|.*_proxy|.*_PROXY|SLURM_.*|_CONDOR_.*|OMP_NUM_THREADS|CUDA_VISIBLE_DEVICES|NVIDIA_VISIBLE_DEVICES|TZ|LC_.*)$/s;

/** Whether the policy lets this variable of the caller's through. */
export function isKept({ policy }: Situation, name: string): boolean {
  if (policy === 'keep' || /^(?:PATH|HOME|PWD|(?:APPTAINER|SINGULARITY)(?:ENV)?_.*)$/s.test(name))
    return true;
  return (
    ALWAYS_KEPT.test(name) || LEFT_BY_CLEANENV.test(name) || (policy === 'hep' && KEPT_BY_HEP.test(name))
  );
}

/**
 * What a policy keeps for the job beats the image's value, so it is typed; the rest is taken from Apptainer's own environment
 * (not by `--cleanenv`, which also sets LANG=C).
 */
function environmentWords(situation: Situation): string[] {
  if (situation.policy === 'keep') return [];
  const kept = [['USER', 'me'] as const, ...situation.environment].filter(
    ([name, value]) =>
      value !== '' && (ALWAYS_KEPT.test(name) || (situation.policy === 'hep' && KEPT_BY_HEP.test(name))),
  );
  return kept.flatMap(([name, value]) => ['--env', `${name}=${escaped(value)}`]);
}

/** The manual: values are evaluated by a shell in the container. */
function escaped(value: string): string {
  return value.replace(/[\\$`]/g, '\\$&');
}
