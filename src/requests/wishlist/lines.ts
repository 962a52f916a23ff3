/** A line of a file with its own ending: `\n`, `\r\n`, or nothing at the end of a file without a final newline. */
export interface Line {
  body: string;
  end: string;
}

/** Splits a text so that joining bodies and ends gives the text back, byte for byte. */
export function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  for (const match of text.matchAll(/([^\n]*?)(\r?\n|$)/gy)) {
    const [whole, body = '', end = ''] = match;
    if (whole === '') break;
    lines.push({ body, end });
  }
  return lines;
}

export function joinLines(lines: readonly Line[]): string {
  return lines.map(line => line.body + line.end).join('');
}

export interface Insertion {
  text: string;
  /** The number of the new line, counted from 1. */
  lineNumber: number;
}

/**
 * Puts a line behind line `after` (0: first), ended as its neighbour is. Every other line stays as it is, the
 * missing newline at the end of a file included: what would come last then comes last but one.
 */
export function insertLine(text: string, after: number, body: string): Insertion {
  const lines = splitLines(text);
  const at = isUnfinished(lines, after) ? after - 1 : after;
  const end = lines[at - 1]?.end || lines[at]?.end || '\n';
  return { text: joinLines(lines.toSpliced(at, 0, { body, end })), lineNumber: at + 1 };
}

/** As `insertLine`, for a line that may not come before line `after`: that one then gets an end and the new one none. */
export function insertLineBehind(text: string, after: number, body: string): Insertion {
  const lines = splitLines(text);
  if (!isUnfinished(lines, after)) return insertLine(text, after, body);
  return { text: `${text}${lines[after - 2]?.end || '\n'}${body}`, lineNumber: after + 1 };
}

/** Whether this is the last line of a file without a final newline. */
function isUnfinished(lines: readonly Line[], line: number): boolean {
  return line > 0 && line === lines.length && lines[line - 1]?.end === '';
}
