import type { Skeleton } from './skeleton.ts';

/** One thing that a container engine is told to mount. */
export type EngineMount =
  | { readonly kind: 'bind'; readonly source: string; readonly at: string; readonly mode: 'ro' | 'rw' }
  | { readonly kind: 'tmpfs'; readonly at: string; readonly mode: string };

/** A skeleton as engines make it: they have /proc, /sys and a small /dev of their own, and write name resolution. */
export interface EngineMounts {
  /** One for each place; a later one of the skeleton has taken the turn of an earlier one. */
  readonly mounts: readonly EngineMount[];
  /** Texts of the files that have to be on this host before. */
  readonly texts: readonly string[];
  /** Whether the job is to see all devices of the host, and those that it needs in any case. */
  readonly devices: { readonly all: boolean; readonly besides: readonly string[] };
}

/** Turns a skeleton into mounts. Pure. @param textFile where the text of this number lies on the host */
export function engineMounts(
  { image, root, mounts }: Pick<Skeleton, 'image' | 'root' | 'mounts'>,
  textFile: (index: number) => string,
): EngineMounts {
  const byPlace = new Map<string, EngineMount>();
  const texts: string[] = [];
  let devices: EngineMounts['devices'] = { all: false, besides: [] };
  const add = (mount: EngineMount) => {
    // Engines sort: what a later mount hides they would mount over that, and make places for it there, as root.
    for (const at of byPlace.keys()) if (at.startsWith(`${mount.at}/`)) byPlace.delete(at);
    byPlace.set(mount.at, mount);
  };
  const bind = (source: string, at: string, mode: 'ro' | 'rw') => add({ kind: 'bind', source, at, mode });

  for (const operation of root)
    if (operation.kind === 'entry') bind(`${image}${operation.from ?? operation.at}`, operation.at, 'ro');
  for (const operation of mounts)
    switch (operation.kind) {
      case 'bind':
        bind(operation.source, operation.at, operation.mode);
        break;
      case 'text':
        bind(textFile(texts.push(operation.text) - 1), operation.at, 'ro');
        break;
      case 'tmpfs':
        add({ kind: 'tmpfs', at: operation.at, mode: operation.mode });
        break;
      case 'devices':
        devices = operation;
        break;
      case 'copy':
      case 'proc':
      case 'sys':
        break;
      default:
        operation satisfies never;
    }
  return { mounts: [...byPlace.values()], texts, devices };
}
