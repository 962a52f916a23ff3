import { createHash } from 'node:crypto';
import { parseReference } from '../../src/image/reference.ts';
import type {
  Answer,
  ListedImage,
  Policy,
  RepositoryState,
  Situation,
  UnclearLine,
} from '../../src/service/situation.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const NOW = Date.UTC(2026, 10, 30, 12);

const hex = (name: string) => createHash('sha256').update(name).digest('hex');

/** What a registry has under a name, and the directory that is made of it. */
export const digestOf = (name: string) => `sha256:${hex(name)}`;
export const directoryOf = (name: string) =>
  `.images/${hex(`of ${name}`).slice(0, 2)}/${hex(`of ${name}`).slice(2)}`;

/** A line of a list. */
export function imageAt(path: string, line: number): ListedImage {
  const text = `registry.example/${path}`;
  return { line, text, path, reference: parseReference(text) };
}

/** A situation of which nothing is so but what is said. */
export function situation({
  images = [],
  unclear = [],
  state = {},
  answers = new Map(),
  policy = {},
}: {
  readonly images?: readonly ListedImage[];
  readonly unclear?: readonly UnclearLine[];
  readonly state?: Partial<RepositoryState>;
  readonly answers?: ReadonlyMap<string, Answer>;
  readonly policy?: Partial<Policy>;
}): Situation {
  return {
    wanted: { images, unclear },
    state: {
      ...{ links: new Map(), others: new Set(), directories: new Set(), manifests: new Map() },
      ...{ absences: new Map(), failures: new Map(), unlinked: new Map() },
      ...state,
    },
    answers,
    now: NOW,
    policy: { removeGone: false, again: false, version: '1', ...policy },
  };
}
