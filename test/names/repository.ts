import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { LayoutName } from '../../src/repositories/layouts/index.ts';

/** The layouts that services publish in. */
export type ServedLayout = Exclude<LayoutName, 'store'>;

/** A service of each layout, by whose name jcds knows the layout. */
export const SERVICE_OF: Readonly<Record<ServedLayout, string>> = {
  osg: 'containers.jinr.ru',
  cern: 'unpacked.cern.ch',
  files: 'singularity.galaxyproject.org',
};

const CONTENT = 'cd'.repeat(32);

/**
 * Makes a repository with an image at each of these paths, all of which lead to the same content. Answers the paths that could
 * be made: a path below another image, or through a part that has a tag, is none that a service could publish.
 */
export function makeRepository(root: string, layout: ServedLayout, paths: readonly string[]): string[] {
  const directory = join(root, SERVICE_OF[layout]);
  rmSync(directory, { recursive: true, force: true });
  const place = {
    osg: `.images/${CONTENT.slice(0, 2)}/${CONTENT.slice(2)}`,
    cern: `.flat/cd/${CONTENT}`,
    files: 'all',
  }[layout];
  mkdirSync(join(directory, place), { recursive: true });
  if (layout !== 'files') writeFileSync(join(directory, place, 'content'), '');
  return [...new Set(paths)]
    .filter(path => isPublishable(path, layout))
    .filter(path => {
      const at = join(directory, path);
      try {
        mkdirSync(dirname(at), { recursive: true });
        if (layout === 'files') writeFileSync(at, 'hsqs', { flag: 'wx' });
        else if (layout === 'osg') symlinkSync(join('/cvmfs', SERVICE_OF.osg, place), at);
        else symlinkSync(relative(dirname(at), join(directory, place)), at);
        return true;
      } catch (thrown) {
        if (['EEXIST', 'ENOTDIR', 'EISDIR'].includes((thrown as NodeJS.ErrnoException).code ?? ''))
          return false;
        throw thrown;
      }
    });
}

/**
 * A service's tool makes no directory that is called like an image, and nothing that begins with a point; CERN's puts
 * everything below a registry.
 */
function isPublishable(path: string, layout: ServedLayout): boolean {
  const parts = path.split('/');
  const directories = parts.slice(layout === 'cern' ? 1 : 0, -1);
  return (
    (layout !== 'cern' || parts.length > 1) &&
    parts.every(part => part !== '' && !part.startsWith('.')) &&
    directories.every(part => !part.includes(':'))
  );
}
