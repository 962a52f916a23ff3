/**
 * Whether a name is meant by what was typed after `jcds list`: a shell glob over the whole name, where `*` also
 * passes slashes; without glob characters, a beginning.
 */
export function namePattern(pattern: string): (name: string) => boolean {
  if (!/[*?[]/.test(pattern)) return name => name.startsWith(pattern);
  const expression = new RegExp(`^(?:${globSource(pattern)})$`, 'su');
  return name => expression.test(name);
}

/** With which every name begins that such a pattern means. */
export function beginningOf(pattern: string): string {
  return /^[^*?[\\]*/.exec(pattern)![0];
}

/** A bracket that is not closed, or makes no range, stands for itself. */
function globSource(pattern: string): string {
  return pattern.replace(
    /\*|\?|\[(!|\^)?(\]?[^\]]*)\]|\\(.)|[\s\S]/gu,
    (whole, not: string | undefined, set: string | undefined, escaped: string | undefined) => {
      if (whole === '*') return '.*';
      if (whole === '?') return '.';
      if (escaped !== undefined) return literal(escaped);
      if (set === undefined || set === '') return literal(whole);
      return bracket(not !== undefined, set) ?? literal(whole);
    },
  );
}

function bracket(negated: boolean, set: string): string | null {
  const source = `[${negated ? '^' : ''}${set.replace(/[\\\]^[&~|]/g, '\\$&').replace(/^-|-$/g, '\\-')}]`;
  try {
    new RegExp(source, 'u');
    return source;
  } catch {
    return null;
  }
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
