import fc from 'fast-check';

/** Names as services publish them: registries with ports, deep groups, tags that begin alike, digests. */
export const NAMES = [
  'baikal/generators:1.1',
  'git.jinr.ru:5005/nica/docker-images/bmn:24.12',
  'git.jinr.ru:5005/nica/docker-images/bmn:latest',
  'gitlab-p4n.aip.de:5005/punch/image:dev',
  'library/debian:12',
  'library/debian:12.1',
  'nica/docker-images/bmn:24.12',
  'nica/docker-images/bmn:24.4',
  'nica/docker-images/bmn:latest',
  'nica/docker-images/mpd:latest',
  'nica/docker-images:base',
  'nica/spd:1',
  `registry.hub.docker.com/library/centos@sha256:${'0f'.repeat(32)}`,
  'registry.hub.docker.com/library/centos:centos7',
].sort();

/** Names of local copies, of which one begins as names do whose registry the layout has dropped. */
export const COPIES = ['docker.io/library/alpine:3', 'x.org/own/copy:1'];

/** What is offered for a word, by looking at every name: as far as the end of the segment that the word is in. */
export function offered(names: readonly string[], word: string): string[] {
  const found = names
    .filter(name => name.startsWith(word))
    .map(name => word + (/^[^/]*\/|^[^/:@]*[:@]|^.*$/.exec(name.slice(word.length))?.[0] ?? ''));
  return [...new Set(found)].sort();
}

const part = fc.stringMatching(/^[a-c]{1,2}[0-9]?$/);

/** Names that share much with each other, sorted and each once. */
export const manyNames: fc.Arbitrary<string[]> = fc
  .array(
    fc
      .tuple(
        fc.constantFrom('', 'reg.io/', 'reg.io:5000/'),
        fc.array(part, { minLength: 2, maxLength: 3 }),
        fc.oneof(fc.stringMatching(/^:[A-Za-b0-1][ab._-]{0,2}$/), fc.stringMatching(/^@sha256:[0-1]{64}$/)),
      )
      .map(([registry, path, end]) => registry + path.join('/') + end),
    { maxLength: 60 },
  )
  .map(names => [...new Set(names)].sort());

/** Every word that somebody could have typed on the way to one of the names. */
export function beginnings(names: readonly string[]): string[] {
  return [...new Set(names.flatMap(name => [...name].map((_, end) => name.slice(0, end)).concat(name)))];
}
