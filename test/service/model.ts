import { recordsAfter } from '../../src/service/records-after.ts';
import type { Situation, Step } from '../../src/service/situation.ts';

/** A repository in memory after all steps went well, and the records that the cycle leaves. */
export function applied(before: Situation, steps: readonly Step[]): Situation {
  const links = new Map(before.state.links);
  const directories = new Set(before.state.directories);
  const manifests = new Map(before.state.manifests);
  for (const step of steps)
    switch (step.kind) {
      case 'convert': {
        const hex = step.digest.slice('sha256:'.length);
        const directory = `.images/${hex.slice(0, 2)}/${hex.slice(2)}`;
        directories.add(directory);
        manifests.set(step.digest, directory);
        links.set(step.image.path, directory);
        break;
      }
      case 'link':
      case 'relink':
      case 'repair-link':
        links.set(step.image.path, step.directory);
        break;
      case 'unlink':
        links.delete(step.path);
        break;
      case 'mark-unlinked':
      case 'delete':
      case 'keep':
      case 'skip':
        break;
      default:
        step satisfies never;
    }
  const results = new Map(steps.map(step => [step, { state: 'done' as const, made: null }]));
  const known = { ...before.state, platform: null, listed: null, told: new Map() };
  const records = recordsAfter({ ...before, state: known, steps, results, linked: { links, directories } });
  return { ...before, state: { ...before.state, links, manifests, ...records } };
}
