import { globMatches } from './glob.ts';

/**
 * A tag with `*` as CERN's service reads it: `*` becomes `.*`, and the whole is a regular expression that must cover the whole tag. So
 * every `.` stands for any character, and `[abc]`, `[a-z]`, `[^a]` for one of, or all but, some. What else regular expressions
 * have is in no list, and is not read here: whatever such a pattern means is not known.
 */
export function isTagPattern(tag: string): boolean {
  return tag.includes('*') && /^(?:[A-Za-z0-9_.*-]|\[[^\][\\]+\])+$/.test(tag) && tag.length <= 255;
}

/** Whether a tag is among those that a pattern means. */
export function tagMatches(pattern: string, tag: string): boolean {
  return globMatches(asGlob(pattern), tag);
}

/** Whether it is so only because a `.` stands for any character, which who wrote it may not know. */
export function matchesByDot(pattern: string, tag: string): boolean {
  return tagMatches(pattern, tag) && !globMatches(pattern.replaceAll('[^', '[!'), tag);
}

/** The same in the words of a shell's pattern, for the one matcher that needs few steps whatever the pattern. */
function asGlob(pattern: string): string {
  return pattern.replace(/\[\^?[^\]]*\]|\./g, part => (part === '.' ? '?' : part.replace(/^\[\^/, '[!')));
}
