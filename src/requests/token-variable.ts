/**
 * The environment variable that holds the token for a host: `JCDS_TOKEN_` and the host in capitals, its dots as `_`;
 * `git.jinr.ru` -> `JCDS_TOKEN_GIT_JINR_RU`. Everything else, `-` and the `:` before a port included, is `__` and the two
 * hexadecimal digits of its byte: `my-host.org:8443` -> `JCDS_TOKEN_MY__2DHOST_ORG__3A8443`. So no two hosts share a variable
 * (a dot that no letter or digit follows is written by its digits too, or `__` could mean two things).
 */
export function tokenVariable(host: string): string {
  const name = normaliseHost(host).replace(/[^a-z0-9]/gu, (character, at: number, whole: string) => {
    if (character === '.' && /^[a-z0-9]/.test(whole.slice(at + 1))) return '_';
    return [...Buffer.from(character)].map(byte => `__${byte.toString(16).padStart(2, '0')}`).join('');
  });
  return `JCDS_TOKEN_${name.toUpperCase()}`;
}

/** A host as it is compared: lower-case, without a scheme, a path or the port of https. */
export function normaliseHost(host: string): string {
  const bare = host
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/s, '');
  return bare.replace(/:443$/, '');
}
