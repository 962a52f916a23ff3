import { statSync } from 'node:fs';

/** Variables by which programs find settings of their user, some of which are lines of shell or names of programs. */
const HOMES = ['HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'ZDOTDIR', 'DOCKER_CONFIG', 'GIT_CONFIG_GLOBAL'];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Which of these variables lead into another user's home (`sudo -E`, `su` without `-`): what that user has laid there would run as this
 * one. A place of root's is nobody else's, nor is one that is not there.
 */
export function othersHomes(environment: Environment, uid: number): readonly string[] {
  return HOMES.filter(name => {
    const place = environment[name];
    const owner = place?.startsWith('/') === true ? ownerOf(place) : null;
    // In a user namespace that does not know root, root's places are those of whoever owns `/`.
    return owner !== null && ![uid, 0, ownerOf('/')].includes(owner);
  });
}

/** The environment without them: programs take the account's own home then. */
export function withoutOthersHomes<T extends string | undefined>(
  environment: Readonly<Record<string, T>>,
  uid: number = process.getuid?.() ?? -1,
): Record<string, T> {
  const others = othersHomes(environment, uid);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !others.includes(name)));
}

function ownerOf(path: string): number | null {
  try {
    return statSync(path).uid;
  } catch {
    return null;
  }
}
