import { accountHome, bindText, isLasting, realPath, type Situation } from './situation.ts';

/**
 * The command that somebody types who has Apptainer and its manual, and wants what the situation's options say. jcds' pages
 * promise three things that Apptainer does when it is told: CVMFS is shown, and what a credential's variable names; home is $HOME
 * where that is a directory; the job is in the directory that the caller sees.
 */
export function bareWords(situation: Situation): string[] {
  const { binds, set, contain, gpu, writableTmpfs } = situation;
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
    ...batchWords(situation),
    ...workdirWords(situation),
    ...binds.flatMap(bind => ['--bind', bindText({ ...bind, source: absolute(situation, bind.source) })]),
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

/** The site contains every job, or this one is to be contained. */
function isContained({ contain, environment }: Situation): boolean {
  return contain || environment.some(([name]) => /^(?:APPTAINER|SINGULARITY)_CONTAIN(?:ALL)?$/.test(name));
}

/** `--home` where $HOME is a directory and not the account's own, which Apptainer takes by itself, also for the name of one that is not shown. */
function homeWords(situation: Situation): string[] {
  const { home, homeOption, noHome } = situation;
  if (homeOption !== null) return ['--home', homeOption];
  if (noHome) return ['--no-home', ...homeWords({ ...situation, noHome: false })];
  // Whose site sets one gets that.
  if (situation.environment.some(([name]) => /^(?:APPTAINER|SINGULARITY)_HOME$/.test(name))) return [];
  const isDirectory = home !== null && HOMES.has(realPath(home));
  return isDirectory && home !== accountHome(situation) && !isContained(situation) ? ['--home', home] : [];
}

/** What of the stage is a home directory. */
const HOMES: ReadonlySet<string> = new Set(['/', '/home/me', '/tmp/home', '/lustre/home']);

/** A directory reached by a link is shown, and entered, by its real name. */
function cwdWords(situation: Situation): string[] {
  const { cwd, workdir, environment } = situation;
  if (!isLasting(cwd) || isContained(situation) || realPath(cwd) === cwd || workdir !== null) return [];
  if (environment.some(([name, value]) => /_NO_MOUNT$/.test(name) && value.split(',').includes('cwd')))
    return [];
  return ['--bind', realPath(cwd), '--pwd', realPath(cwd)];
}

/** The home with the links in it is shown as it is. */
function showsLinks(situation: Situation): boolean {
  const { home, homeOption, noHome, environment } = situation;
  const isLeftOut = environment.some(([name]) => /_(?:NO_)?HOME$|_NO_MOUNT$/.test(name));
  const isTheirs = home === '/home/me' || home === '/home/link' || home === '/home/me/';
  return isTheirs && homeOption === null && !noHome && !isLeftOut && !isContained(situation);
}

/** The same for one that is typed and reached by a link in the home. */
function workdirWords(situation: Situation): string[] {
  const { workdir } = situation;
  if (workdir === null) return [];
  const real = realPath(workdir);
  return real === workdir || !showsLinks(situation) ? ['--pwd', workdir] : ['--bind', real, '--pwd', real];
}

/**
 * A batch system's directory that the caller is in, and that a variable names by a link: programs look for it by that name, so
 * somebody who knows this binds it there as well. In a home that is shown the link itself is there.
 */
function batchWords(situation: Situation): string[] {
  const { environment, cwd } = situation;
  if (isContained(situation) || showsLinks(situation)) return [];
  return environment.flatMap(([name, value]) => {
    const isBatchs = name === '_CONDOR_SCRATCH_DIR' || name === 'TMPDIR';
    const isByLink = isBatchs && realPath(value) === realPath(cwd) && realPath(value) !== value;
    return isByLink ? ['--bind', `${realPath(value)}:${value}`] : [];
  });
}

/** Files that variables name, and that are on the stage. */
function credentials(situation: Situation): string[] {
  const { environment, policy, home, binds, cwd } = situation;
  const isCleaned = environment.some(([name]) =>
    /^(?:APPTAINER|SINGULARITY)_(?:CLEANENV|CONTAINALL)$/.test(name),
  );
  if (policy === 'clean' || (policy === 'keep' && isCleaned)) return [];
  const isLeftOut = (what: string) =>
    environment.some(([name, value]) => name === 'APPTAINER_NO_MOUNT' && value === what);
  const byItself = [
    ...(isLeftOut('tmp') ? [] : ['/tmp', '/var/tmp']),
    ...(home?.startsWith('/') === true ? [home] : []),
    ...(isLasting(cwd) && cwd !== '/' && !isLeftOut('cwd') ? [realPath(cwd)] : []),
  ];
  const shown = [
    ...(isContained(situation) ? [] : byItself),
    // What is bound is there already.
    ...binds.flatMap(({ source, place }) =>
      place === undefined || place === source ? [realPath(source)] : [],
    ),
    ...environment.flatMap(([name, value]) => (/BIND(?:PATH)?$/.test(name) ? [value.split(':')[0]!] : [])),
  ];
  // Nobody wants an empty file made in what is bound above it, to mount it there.
  const hidden = binds.map(({ source, place }) => place ?? source);
  return environment.flatMap(([name, value]) => {
    const file = CREDENTIALS[name] === undefined ? '' : value.replace(CREDENTIALS[name], '');
    const isThere = STAGED.has(realPath(file));
    const isIn = (place: string) => realPath(file).startsWith(`${place}/`);
    return isThere && ![...shown, ...hidden].some(isIn) ? [file] : [];
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
