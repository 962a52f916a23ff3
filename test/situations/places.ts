import { accountHome, type Situation } from './situation.ts';

/** What the probe looks at in every situation. */
const ALWAYS = [
  ...['/', '/etc', '/usr', '/opt', '/opt/own', '/var', '/home', '/run', '/var/run', '/srv'],
  ...['/tmp', '/var/tmp', '/cvmfs', '/eos', '/lustre', '/data', '/scratch'],
  ...['/dev/null', '/dev/shm', '/proc/self', '/sys/class'],
  ...['/etc/passwd', '/etc/group', '/etc/hosts', '/etc/resolv.conf', '/etc/localtime'],
];

/** Variables that name a file or directory, and what stands before its path. */
const NAMING: Readonly<Record<string, RegExp>> = {
  TMPDIR: /^/,
  X509_USER_PROXY: /^/,
  BEARER_TOKEN_FILE: /^/,
  _CONDOR_SCRATCH_DIR: /^/,
  KRB5CCNAME: /^(?:FILE:|WRFILE:|DIR::?)?/,
};

/** Every place that this situation may change, each once, as the job would name it. */
export function placesOf(situation: Situation): string[] {
  const { home, homeOption, binds, environment, workdir } = situation;
  const named = environment.flatMap(([name, value]) =>
    name in NAMING ? [value.replace(NAMING[name]!, '')] : [],
  );
  const sites = environment
    .filter(([name]) => /_BIND(?:PATH)?$/.test(name))
    .flatMap(([, value]) => value.split(','));
  const homes = [home, accountHome(situation), homeOption?.split(':').at(-1)];
  const bound = [
    ...binds.map(({ source, place }) => place ?? source),
    ...sites.map(site => site.split(':')[1] ?? site.split(':')[0]!),
  ];
  const all = [...ALWAYS, ...homes, ...bound, ...named, workdir];
  return [...new Set(all.filter(place => typeof place === 'string' && place.startsWith('/')) as string[])];
}
