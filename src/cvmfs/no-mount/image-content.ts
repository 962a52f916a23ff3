import { readElf } from '../../rootfs/elf.ts';
import type { ImageFacts } from '../../rootfs/facts.ts';
import { HEAD_BYTES } from '../../rootfs/program-head.ts';
import { parseDefinition, parseLabels } from '../../rootfs/singularity-config.ts';
import type { Entry } from '../http/entry.ts';
import { follow } from '../http/follow.ts';
import type { HttpRepository } from './open-over-http.ts';

/** A bound on what is read of one text; real ones have some kilobytes. */
const TEXT_LIMIT = 1024 * 1024;
/** No shell is larger. */
const SHELL_LIMIT = 16 * 1024 * 1024;
/** No image file is as small as this; a text that stands in an image's place is. */
const SMALLEST_IMAGE = 1024 * 1024;

/** What the image at a path says that it was made from; null without such a record. Loads the image's own catalog. */
export async function readOrigin(opened: HttpRepository, image: string): Promise<ImageFacts['origin']> {
  const read = async (name: string): Promise<string | null> => {
    const bytes = await readInside(opened, image, `/.singularity.d/${name}`, TEXT_LIMIT);
    return bytes === null ? null : bytes.toString('utf8');
  };
  const definition = await read('Singularity');
  if (definition !== null) return parseDefinition(definition);
  const labels = await read('labels.json');
  return labels === null ? null : parseLabels(labels);
}

/** What the image's shell is made for, in OCI's name; null when it has none, or one that does not tell. */
export async function readArchitecture(opened: HttpRepository, image: string): Promise<string | null> {
  const shell = await readInside(opened, image, '/bin/sh', SHELL_LIMIT);
  return shell === null ? null : (readElf(shell.subarray(0, HEAD_BYTES))?.architecture ?? null);
}

/** A file of the image, with every link followed inside it; null when there is none of at most so many bytes. */
async function readInside(
  { repository, access }: HttpRepository,
  image: string,
  path: string,
  limit: number,
): Promise<Buffer | null> {
  const found = await follow(path, {
    stat: inside => repository.stat(image + inside),
    mountpoint: '',
    variables: access.variables,
  });
  if (found.state !== 'found' || found.entry.kind !== 'file' || found.entry.size > limit) return null;
  return Buffer.from(await repository.read(image + found.path, limit));
}

/** Whether a file is an image: SIF, or a bare squashfs. A large one is not fetched to find out. */
export async function isImageFile(
  { repository }: HttpRepository,
  path: string,
  entry: Entry,
): Promise<boolean> {
  if (entry.kind !== 'file' || entry.size < 64) return false;
  if (entry.size >= SMALLEST_IMAGE) return true;
  const bytes = Buffer.from(await repository.read(path, SMALLEST_IMAGE));
  return bytes.toString('latin1', 32, 41) === 'SIF_MAGIC' || bytes.toString('latin1', 0, 4) === 'hsqs';
}
