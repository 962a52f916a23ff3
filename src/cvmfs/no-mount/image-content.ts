import type { ImageFacts } from '../../rootfs/facts.ts';
import { parseDefinition, parseLabels } from '../../rootfs/singularity-config.ts';
import type { Entry } from '../http/entry.ts';
import type { Repository } from '../http/repository.ts';

/** A bound on what is read of one text; real ones have some kilobytes. */
const TEXT_LIMIT = 1024 * 1024;
/** No image file is as small as this; a text that stands in an image's place is. */
const SMALLEST_IMAGE = 1024 * 1024;

/** What the image at a path says that it was made from; null without such a record. Loads the image's own catalog. */
export async function readOrigin(repository: Repository, image: string): Promise<ImageFacts['origin']> {
  const read = async (name: string): Promise<string | null> => {
    const path = `${image}/.singularity.d/${name}`;
    const entry = await repository.stat(path);
    if (entry?.kind !== 'file' || entry.size > TEXT_LIMIT) return null;
    return Buffer.from(await repository.read(path, TEXT_LIMIT)).toString('utf8');
  };
  const definition = await read('Singularity');
  if (definition !== null) return parseDefinition(definition);
  const labels = await read('labels.json');
  return labels === null ? null : parseLabels(labels);
}

/** Whether a file is an image: SIF, or a bare squashfs. A large one is not fetched to find out. */
export async function isImageFile(repository: Repository, path: string, entry: Entry): Promise<boolean> {
  if (entry.kind !== 'file' || entry.size < 64) return false;
  if (entry.size >= SMALLEST_IMAGE) return true;
  const bytes = Buffer.from(await repository.read(path, SMALLEST_IMAGE));
  return bytes.toString('latin1', 32, 41) === 'SIF_MAGIC' || bytes.toString('latin1', 0, 4) === 'hsqs';
}
