/** A mend that is taken back, to see whether the judge finds the fault. */
export interface Planted {
  readonly name: string;
  /** By what the judge has to find it. */
  readonly way: string;
  /** Below the project. */
  readonly file: string;
  /** Stands once in the file. */
  readonly right: string;
  readonly wrong: string;
}

/** Mends of issue 11, one at a time, by the fault that comes back. */
export const PLANTED: readonly Planted[] = [
  {
    name: 'a home of / is mounted over the root',
    way: 'exec unshare',
    file: 'src/job/home.ts',
    right: "return path === '/' ? { kind: 'none', path } : { kind: 'host', path, source };",
    wrong: "return { kind: 'host', path, source };",
  },
  {
    name: 'a HOME that is no directory counts',
    way: 'exec unshare',
    file: 'src/job/home.ts',
    right: 'if (isAbsolute(home) && isDirectory(home)) return own;',
    wrong: 'if (isAbsolute(home)) return own;',
  },
  {
    name: 'the caller’s directory is not shown',
    way: 'exec unshare',
    file: 'src/job/shown.ts',
    right: 'const spec = callersBind(callersName(cwd, laid.places), laid.places);',
    wrong: 'const spec = callersBind(cwd === null ? cwd : null, laid.places);',
  },
  {
    name: 'a batch directory by a link is shown by one name',
    way: 'exec unshare',
    file: 'src/job/shown.ts',
    right: "const OTHER_NAMES = ['_CONDOR_SCRATCH_DIR', 'TMPDIR'];",
    wrong: 'const OTHER_NAMES: readonly string[] = [];',
  },
  {
    name: 'a site’s binds count for Apptainer alone',
    way: 'exec unshare',
    file: 'src/job/shown.ts',
    right: 'site: siteBinds(environment, cwd),',
    wrong: 'site: siteBinds({}, cwd).concat(environment === undefined ? [] : []),',
  },
  {
    name: 'NO_MOUNT=cwd is not heard',
    way: 'exec unshare',
    file: 'src/job/shown.ts',
    right: "const isLeftOut = contain || isNotMounted('cwd', environment);",
    wrong: 'const isLeftOut = contain;',
  },
  {
    name: '--workdir by a link leads nowhere',
    way: 'exec unshare',
    file: 'src/job/workdir.ts',
    right: 'return contain || isShown || !isLinked || OF_THE_IMAGE.has(at)',
    wrong: 'return contain || isShown || !isLinked || at !== null',
  },
  {
    name: 'a place below something shown is not made',
    way: 'exec unshare',
    file: 'src/job/host-places.ts',
    right: 'return below === null || below === at || isShown ? { at } : { at, isMade: true };',
    wrong: 'return below === null || below === at || isShown ? { at } : { at };',
  },
  {
    name: 'of two own places that meet in the image the later one counts',
    way: 'exec unshare',
    file: 'src/runtimes/skeleton.ts',
    right: "return place === null || place.at === '/' || place.below !== null || tree.isTaken(place.at);",
    wrong: "return place === null || place.at === '/' || (tree.isTaken(place.at) && place.below === '?');",
  },
  {
    name: 'the caller’s value beats the image’s',
    way: 'exec unshare',
    file: 'src/runtimes/environment.ts',
    right: "case 'image first':\n      return inImage === undefined;",
    wrong: "case 'image first':\n      return true;",
  },
  {
    name: 'the usual places are missing in PATH',
    way: 'exec unshare',
    file: 'src/runtimes/environment.ts',
    right: "else add('image', 'PATH', withUsualPlaces(path.value));",
    wrong: "else add('image', 'PATH', path.value === '' ? withUsualPlaces(path.value) : path.value);",
  },
  {
    name: 'an empty APPTAINERENV_PATH empties PATH',
    way: 'exec unshare',
    file: 'src/runtimes/environment.ts',
    right: "if (whole !== '') variables.set(",
    wrong: "if (addressed.has('PATH')) variables.set(",
  },
  {
    name: 'APPTAINERENV_ is not heard',
    way: 'exec unshare',
    file: 'src/runtimes/environment.ts',
    right: "for (const prefix of ['SINGULARITYENV_', 'APPTAINERENV_'])",
    wrong: "for (const prefix of ['SINGULARITYENV_'])",
  },
  {
    name: 'the places in a cache of Kerberos’ DIR:: are not shown',
    way: 'exec unshare',
    file: 'src/job/credential-files.ts',
    right: 'return inDirectory === null ?',
    wrong: "return inDirectory === null || name !== '' ?",
  },
  {
    name: 'a proxy elsewhere is not shown',
    way: 'exec unshare',
    file: 'src/job/credential-files.ts',
    right: 'const named = [kerberosCache(cache), X509_USER_PROXY, BEARER_TOKEN_FILE, XAUTHORITY];',
    wrong: 'const named = [kerberosCache(cache), X509_USER_PROXY?.slice(1), BEARER_TOKEN_FILE, XAUTHORITY];',
  },
  {
    name: 'a site’s CONTAIN is not heard',
    way: 'exec unshare',
    file: 'src/job/site-places.ts',
    right: '...(isContained ? { contain: true } : {}),',
    wrong: '...(isContained && isTyped ? { contain: true } : {}),',
  },
  {
    name: 'a site’s NO_HOME is not heard',
    way: 'exec unshare',
    file: 'src/job/site-places.ts',
    right: "const isLeftOut = siteFlag('NO_HOME', environment) || isNotMounted('home', environment);",
    wrong: "const isLeftOut = siteFlag('NO_SUCH', environment) && isNotMounted('home', environment);",
  },
  {
    name: 'Apptainer is told CLEANENV by the site too',
    way: 'exec apptainer',
    file: 'src/runtimes/apptainer-site.ts',
    right: 'unset: UNSEEN.filter(name => environment[name] !== undefined),',
    wrong: "unset: UNSEEN.filter(name => environment[name] === 'never'),",
  },
  {
    name: 'a read-only bind is writable under Apptainer',
    way: 'exec apptainer',
    file: 'src/runtimes/apptainer.ts',
    right: "return ['--bind', `${source}:${destination}${mode === 'ro' ? ':ro' : ''}`];",
    wrong: "return ['--bind', `${source}:${destination}${mode === 'ro' ? ':rw' : ''}`];",
  },
  {
    name: 'a read-only bind is writable under unshare',
    way: 'exec unshare',
    file: 'src/runtimes/root-script.ts',
    right: '...places.map(at => `jcds_ro ${inRoot(at)}`),',
    wrong: '...places.slice(0, 0).map(at => `jcds_ro ${inRoot(at)}`),',
  },
];
