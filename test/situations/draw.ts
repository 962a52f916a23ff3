import fc, { type Arbitrary } from 'fast-check';
import { BINDS } from './draw-binds.ts';
import { HOMES, IMAGES, PLACES } from './draw-places.ts';
import { TOGETHER } from './draw-together.ts';
import { SET, SITE, VARIABLES } from './draw-variables.ts';
import { CLOSED, ORDINARY, type Situation, type SituationBind } from './situation.ts';

/** Mostly what is ordinary; `share` percent of the time one of the others. */
function rarely<Value>(share: number, ordinary: Value, ...others: readonly Value[]): Arbitrary<Value> {
  return fc.oneof(
    { weight: 100 - share, arbitrary: fc.constant(ordinary) },
    { weight: share, arbitrary: fc.constantFrom(...others) },
  );
}

const some = <Value>(values: readonly Value[], weights: readonly number[]) =>
  fc.oneof(
    ...weights.map((weight, count) => ({
      weight,
      arbitrary: fc.array(fc.constantFrom(...values), { minLength: count, maxLength: count }),
    })),
  );

/** A name that stands twice would leave open which of them counts. */
function firstOfEach(entries: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return entries.filter(([name], index) => entries.findIndex(([other]) => other === name) === index);
}

/** Two binds at one place: each program has its own idea of which counts. */
function onePerPlace(binds: readonly SituationBind[]): SituationBind[] {
  const placeOf = ({ source, place }: SituationBind) =>
    (place ?? source).replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  return binds.filter((bind, index) => binds.findIndex(other => placeOf(other) === placeOf(bind)) === index);
}

/** Situations in which people run containers: each is ordinary in most respects, and odd in some. */
export const situations: Arbitrary<Situation> = fc
  .record({
    image: rarely(35, 'debian', ...IMAGES),
    layout: rarely<'osg' | 'cern'>(30, 'osg', 'cern'),
    home: rarely(25, ORDINARY.home, ...HOMES),
    account: rarely<Situation['account']>(25, 'same', 'ordinary', 'ordinary', 'ordinary', 'none'),
    cwd: rarely(50, ORDINARY.cwd, ...PLACES),
    zone: rarely<Situation['zone']>(30, 'Etc/UTC', 'Asia/Tokyo'),
    common: some(VARIABLES, [45, 25, 15, 15]),
    site: some(SITE, [85, 13, 2]),
    together: rarely(20, {}, ...TOGETHER),
    binds: some(BINDS, [40, 30, 20, 10]),
    contain: rarely(12, false, true),
    noHome: rarely(1, false, true),
    homeOption: rarely(
      8,
      null,
      '/lustre/home',
      '/eos:/home/me',
      '/home/me/sub',
      '/tmp/home',
      '/home/link',
      '/home/me/work',
      '/eos:/n/home',
    ),
    workdir: rarely(
      8,
      null,
      '/tmp',
      '/eos',
      '/opt/own',
      '/gone',
      '/home/me/sub',
      '/home/me/work',
      '/n/deep',
      '/',
    ),
    set: some(SET, [82, 14, 4]).map(firstOfEach),
    policy: rarely<Situation['policy']>(25, 'keep', 'clean', 'hep'),
    gpu: rarely<Situation['gpu']>(8, 'default', 'nvidia', 'none'),
    writableTmpfs: rarely(1, false, true),
    exit: rarely(30, 0, 1, 7, 126, 255),
  })
  .map(({ common, site, together, ...rest }) => {
    const environment = [...(together.environment ?? []), ...common, ...site];
    const binds = [...(together.binds ?? []), ...rest.binds];
    return settled({
      ...{ ...rest, ...together },
      environment: firstOfEach(environment),
      binds: onePerPlace(binds),
    });
  });

/**
 * Without what says the same twice; with an account that Apptainer can use (it starts for none whose home is no path); without
 * NO_MOUNT in a directory that is closed, of which Apptainer shows the name then. With CONTAINALL a job under Apptainer has other
 * process numbers than the host's /proc: the probe could not read its own environment there.
 */
function settled(situation: Situation): Situation {
  const { homeOption, noHome, home, account, environment, cwd, binds } = situation;
  const isPath = home?.startsWith('/') === true && home !== '/dev/null';
  const isClosed = cwd === CLOSED;
  return {
    ...situation,
    environment: isClosed ? environment.filter(([name]) => name !== 'APPTAINER_NO_MOUNT') : environment,
    binds: environment.some(([name]) => name.endsWith('_CONTAINALL'))
      ? binds.filter(({ source }) => source !== '/proc')
      : binds,
    noHome: noHome && homeOption === null,
    account: isPath ? account : 'ordinary',
  };
}

/** This many, from this seed. */
export function drawSituations(count: number, seed: number): Situation[] {
  return fc.sample(situations, { numRuns: count, seed });
}
