/**
 * Whether Apptainer (1.4.5, tried) silently ignores the whole environment file because its own shell cannot parse it.
 * Substitutions that are more than plain words (`$(…)` with quotes or operators, `${…}` with an operator) count as
 * unparsable too: whoever passes the values beside the file is right in both cases. A backtick always is:
 * Apptainer writes it so that it never closes.
 */
export function isEnvironmentFileDropped(text: string): boolean {
  const scan: Scan = { text, at: 0, open: [] };
  try {
    while (scan.at < text.length) skipPart(scan);
    return scan.open.length > 0;
  } catch (thrown) {
    if (thrown instanceof Unparsable) return true;
    throw thrown;
  }
}

class Unparsable extends Error {}

interface Scan {
  readonly text: string;
  at: number;
  /** What must still be closed, the innermost last: double quotes, and the text after `:-`. A publisher may open any number. */
  readonly open: ('"' | '}')[];
}

/** A comment, a quoted part, a substitution, or one character. */
function skipPart(scan: Scan): void {
  const start = scan.text[scan.at]!;
  const closing = scan.open.at(-1);
  if (start === closing) {
    scan.open.pop();
    scan.at++;
  } else if (start === '\\') scan.at += 2;
  else if (start === '$' || start === '`') skipSubstitution(scan);
  else if (start === '"') {
    scan.open.push('"');
    scan.at++;
  } else if (closing === undefined) skipBare(scan, start);
  else scan.at++;
}

/** Outside of all quotes. */
function skipBare(scan: Scan, start: string): void {
  if (start === '#' && /^$|\s/.test(scan.text[scan.at - 1] ?? '')) {
    const end = scan.text.indexOf('\n', scan.at);
    scan.at = end < 0 ? scan.text.length : end + 1;
  } else if (start === "'") skipPast(scan, "'");
  else if ('()<>|&;'.includes(start)) throw new Unparsable();
  else scan.at++;
}

function skipPast(scan: Scan, quote: string): void {
  const end = scan.text.indexOf(quote, scan.at + 1);
  if (end < 0) throw new Unparsable();
  scan.at = end + 1;
}

const NAME = /\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])/y;
const BRACED = /\$\{(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])\}/y;
const DEFAULTED = /\$\{[A-Za-z_][A-Za-z0-9_]*:-/y;
/** Words only, and none that the shell's grammar gives a meaning. */
const PLAIN_COMMAND =
  /\$\((?!\s*(?:if|then|elif|else|fi|for|select|while|until|do|done|case|esac|function|time|coproc|let|declare|local|export|readonly|typeset|nameref)\b)[\w ./:=,@%+-]*\)/y;

function skipSubstitution(scan: Scan): void {
  const whole = [BRACED, PLAIN_COMMAND, NAME]
    .map(form => matchAt(form, scan.text, scan.at))
    .find(match => match);
  const defaulted = matchAt(DEFAULTED, scan.text, scan.at);
  if (whole) scan.at += whole[0].length;
  else if (defaulted) {
    scan.at += defaulted[0].length;
    scan.open.push('}');
  } else if (/[`({]/.test(scan.text[scan.at] === '`' ? '`' : (scan.text[scan.at + 1] ?? '')))
    throw new Unparsable();
  else scan.at++;
}

/** What a sticky pattern finds at one place. */
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
