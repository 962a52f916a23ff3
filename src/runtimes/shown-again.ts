import type { Again, RootOperation } from './root-operations.ts';
import type { MountOperation, Skeleton } from './skeleton.ts';

/** In the place of a link that leads to what is made or mounted: the same once more. */
export function shownAgain(
  operations: readonly (RootOperation | Again)[],
  mounts: readonly MountOperation[],
  find: Skeleton['find'],
): Pick<Skeleton, 'root' | 'mounts'> {
  const isAgain = (operation: RootOperation | Again): operation is Again => operation.kind === 'again';
  const root = operations.filter((operation): operation is RootOperation => !isAgain(operation));
  const again = operations.filter(isAgain);
  const copied = <T extends { at: string }>(all: readonly T[], { at, as }: Again): T[] =>
    all
      .filter(one => one.at === as || one.at.startsWith(`${as}/`))
      .map(one => ({ ...one, at: `${at}${one.at.slice(as.length)}` }));
  const withSource = root.map(operation =>
    operation.kind === 'entry' || operation.kind === 'layer'
      ? { ...operation, from: operation.from ?? operation.at }
      : operation.kind === 'link'
        ? { ...operation, target: find(operation.at) ?? operation.target }
        : operation,
  );
  return {
    root: [
      ...root,
      ...again.flatMap(one => {
        const copies = copied(withSource, one);
        const isItself = ({ kind, at }: RootOperation) => at === one.at && kind !== 'layer';
        const isLayer = copies.some(({ kind, at }) => at === one.at && kind === 'layer');
        return [
          ...(isLayer ? [] : [{ kind: one.of, at: one.at }]),
          ...copies.filter(copy => !isItself(copy)),
        ];
      }),
    ],
    mounts: [...mounts, ...again.flatMap(one => copied(mounts, one))],
  };
}
