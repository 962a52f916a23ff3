import type { MountPoint } from '../cvmfs/mount-points.ts';
import type { Bind } from '../runtimes/shown.ts';
import { inOrder, kindOf } from './binds.ts';
import { realPath } from './host-places.ts';

/**
 * Binds with one more for each file system that is mounted below a read-only one, or in the image's directory: no runtime but
 * bubblewrap makes those read-only by itself. What this user cannot reach needs none.
 */
export function withSubmounts(binds: readonly Bind[], image: string, mounts: readonly MountPoint[]): Bind[] {
  const ofImage = {
    ...{ source: image, destination: '' },
    ...({ mode: 'ro', sourceKind: 'directory', origin: 'default' } as const),
  };
  const readOnly = [
    ...binds.filter(({ mode, sourceKind }) => mode === 'ro' && sourceKind === 'directory'),
    // The host's own root is no image.
    ...(image === '/' ? [] : [ofImage]),
  ];
  if (readOnly.length === 0) return [...binds];
  const taken = new Set(binds.map(({ destination }) => destination));
  const below = readOnly.flatMap(bind =>
    submountsOf(bind, mounts).filter(({ destination }) => !taken.has(destination)),
  );
  return inOrder([...binds, ...below]);
}

function submountsOf(bind: Bind, mounts: readonly MountPoint[]): Bind[] {
  const source = realPath(bind.source);
  const found = mounts.filter(({ directory }) => directory.startsWith(source === '/' ? '/' : `${source}/`));
  return [...new Set(found.map(({ directory }) => directory))].flatMap((directory): Bind[] => {
    const kind = kindOf(directory);
    if (typeof kind === 'string' || directory === '/') return [];
    const destination = `${bind.destination}${directory.slice(source === '/' ? 0 : source.length)}`;
    return [{ ...bind, source: directory, destination, sourceKind: kind.kind }];
  });
}
