import { safeText } from '../../output/safe-text.ts';

/** A name or path from a repository or a server, fit for a message. */
export function quoted(text: string): string {
  return `"${safeText(text, 120)}"`;
}
