import { accountHome, isLasting, realPath, type Situation } from './situation.ts';

/** Whether something is so in a situation: what rows of stated.ts are about. */
export type When = (situation: Situation) => boolean;

export const anyOf =
  (...all: readonly When[]): When =>
  situation =>
    all.some(when => when(situation));

export const ofImage =
  (...images: readonly string[]): When =>
  ({ image }) =>
    images.includes(image);

/** A variable of the caller's; without values any. */
export const hasVariable =
  (name: string, ...values: readonly string[]): When =>
  ({ environment }) =>
    environment.some(([one, value]) => one === name && (values.length === 0 || values.includes(value)));

/** A site sets this for Apptainer, by either name. */
export const siteSays = (key: string, ...values: readonly string[]): When =>
  anyOf(...['APPTAINER', 'SINGULARITY'].map(prefix => hasVariable(`${prefix}_${key}`, ...values)));

/** Where a site's binds are seen. */
function placesOfSites({ environment }: Situation): string[] {
  const binds = environment.flatMap(([name, value]) =>
    /_BIND(?:PATH)?$/.test(name) ? value.split(',') : [],
  );
  return binds.map(bind => bind.split(':')[1] ?? bind);
}

/** Where each bind is seen. */
function placesOfBinds({ binds, cwd }: Situation): string[] {
  return binds.map(({ source, place }) => realPath(absolute(place ?? source, cwd).replace(/\/+/g, '/')));
}

function absolute(path: string, cwd: string): string {
  if (path.startsWith('/')) return path;
  return path === '.' ? cwd : `${cwd}/${path}`;
}

function isBelow(path: string, directory: string): boolean {
  return path !== directory && path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** Something is bound below a place that is a link in this image (null: in every image). */
export const isBoundAtLinkOf =
  (image: string | null, link: string): When =>
  situation =>
    (image === null || situation.image === image) &&
    placesOfBinds(situation).some(place => place === link || isBelow(place, link));

/** Where the home is inside. */
function homePlace(situation: Situation): string | null {
  const { home, homeOption } = situation;
  if (homeOption !== null) return homeOption.split(':').at(-1)!;
  const sites = situation.environment.find(([name]) => name === 'APPTAINER_HOME');
  if (sites !== undefined) return sites[1];
  const isPath = home?.startsWith('/') === true && home !== '/dev/null';
  return isPath ? home.replace(/(.)\/$/, '$1') : accountHome(situation);
}

/** Something is bound onto a directory in which the home is. */
export const hidesHome: When = situation => {
  const home = homePlace(situation);
  const isAbove = (place: string) =>
    home !== null && (isBelow(home, place) || isBelow(realPath(home), place));
  return placesOfBinds(situation).some(isAbove);
};

/** Something is bound onto a directory in which the caller's is, which is deeper than the home. */
export const hidesCwd: When = situation => {
  const cwd = realPath(situation.cwd);
  return cwd !== homePlace(situation) && placesOfBinds(situation).some(place => isBelow(cwd, place));
};

/** The caller's directory is none that a job sees anyway, and something else is shown in it or at it. */
export const isAboveShown: When = situation => {
  if (!isLasting(situation.cwd) || situation.contain) return false;
  const cwd = realPath(situation.cwd);
  const home = homePlace(situation);
  const seen = ['/tmp', '/var/tmp', ...(home === null || home === '/' ? [] : [home])];
  if (seen.some(place => place === cwd || isBelow(cwd, place))) return false;
  return [...placesOfBinds(situation), ...seen].some(
    place => place === cwd || (cwd !== '/' && isBelow(place, cwd)),
  );
};

/** Something is bound at a link in the home that leads out of it, or the job starts there. */
export const goesByLinkOfHome: When = ({ binds, workdir }) => {
  const isByLink = (path: string) => /^\/home\/me\/(?:work|below)(?:\/|$)/.test(path);
  return isByLink(workdir ?? '') || binds.some(({ source, place }) => isByLink(place ?? source));
};

/** Something is shown below a home that is empty, or below /home and not in the home. */
export const isBesideHome: When = situation => {
  const home = homePlace(situation);
  const isEmpty = anyOf(
    ({ noHome }) => noHome,
    siteSays('NO_HOME', '1'),
    hasVariable('APPTAINER_NO_MOUNT', 'home'),
  );
  const places = [...placesOfBinds(situation), situation.cwd, realPath(situation.cwd)];
  const isInHome = (place: string) => home !== null && (place === home || isBelow(place, home));
  return places.some(place => (isInHome(place) ? isEmpty(situation) : isBelow(place, '/home')));
};

/** Something is bound below what is bound read-only, and has no place there. */
export const isMissingInReadOnly: When = situation => {
  const places = [...placesOfBinds(situation), ...placesOfSites(situation)];
  const closed = situation.binds
    .filter(({ mode }) => mode === 'ro')
    .map(({ source, place }) => place ?? source);
  return places.some(place => closed.some(directory => isBelow(place, directory)));
};

/** A link of the image leads into what is bound, where nothing has the name that is wanted. */
export const isLedIntoBind: When = situation => {
  const places = placesOfBinds(situation);
  const isBound = (...all: readonly string[]) => all.some(place => places.includes(place));
  if (situation.image === 'tmp-dangling') return isBound('/scratch', '/scratch/tmp');
  if (situation.image === 'home-link') return isBound('/home');
  return isBound('/run') && places.some(place => isBelow(place, '/var/run'));
};

/** The option, or the site, contains the job. */
const isContained = anyOf(({ contain }) => contain, siteSays('CONTAIN', '1'), siteSays('CONTAINALL', '1'));

/** A contained job of somebody whose account has another directory than HOME says. */
export const isElsewhereWhileContained: When = situation => {
  const { home, homeOption } = situation;
  return isContained(situation) && homeOption === null && home !== null && home !== accountHome(situation);
};

/** The caller's directory is shown in a contained job by a bind, or is CVMFS. */
export const isBoundWhileContained: When = situation => {
  const { cwd } = situation;
  const places = ['/cvmfs', ...placesOfBinds(situation), ...placesOfSites(situation)];
  return (
    isContained(situation) && places.some(place => realPath(cwd) === place || isBelow(realPath(cwd), place))
  );
};
