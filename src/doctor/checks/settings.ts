import { commandText } from '../../command-text.ts';
import type { Check, Finding } from '../finding.ts';

/** Where the settings in force come from, and what was odd about their files. */
export const settings: Check = async ({ sources, notes }) => {
  const keysOf = new Map<string, string[]>();
  for (const [key, source] of Object.entries(sources))
    keysOf.set(source, [...(keysOf.get(source) ?? []), key]);
  const layers = [...keysOf].map(
    ([source, keys]): Finding => ({
      subject: source === 'option' ? 'the command line' : source,
      state: 'well',
      finding: `sets ${keys.join(', ')}`,
    }),
  );
  const odd = notes.map(
    (finding): Finding => ({
      subject: 'a file of settings',
      state: 'note',
      finding,
      cure: commandText('jcds', 'config', 'list'),
    }),
  );
  const none: Finding = { subject: 'settings', state: 'well', finding: 'nothing is set: all defaults' };
  return layers.length + odd.length === 0 ? [none] : [...layers, ...odd];
};
