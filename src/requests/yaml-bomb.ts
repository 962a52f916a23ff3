import { CST, Lexer } from 'yaml';

const LENGTH_LIMIT = 2 ** 20;
const LINE_LIMIT = 2000;
const NESTING_LIMIT = 30;
const INDENT_LIMIT = 100;
/** A list of 20,000 images has fewer. */
const TOKEN_LIMIT = 150_000;

/**
 * Why a text from outside is not given to the parser, or null. Nothing here grows faster than the text, but the parser does: with the
 * square of keys, aliases and open brackets; an error costs it as much as a hundred tokens; and deep nesting by `? ? ? …` overflows its stack
 * inside V8's regular expressions, which ends the process instead of throwing.
 * @param keys most keys, aliases, and parts of mappings in braces
 */
export function yamlBomb(text: string, keys: number): string | null {
  if (text.length > LENGTH_LIMIT) return 'it is longer than 1 MiB';
  const long = text.split('\n').findIndex(isTooLong);
  return long >= 0 ? `line ${long + 1} is too long or nested too deep` : excess(text, keys);
}

function isTooLong(line: string): boolean {
  const nesting = line.match(/[-?:](?=\s|$)/g)?.length ?? 0;
  const isDeep = nesting > NESTING_LIMIT || line.search(/\S/) > INDENT_LIMIT;
  return line.length > LINE_LIMIT || (isDeep && !/^\s*#/.test(line));
}

/** The tokens by the parser's own reading, so that quotes and comments hide no bracket. It is asked for one after the other. */
function excess(text: string, keys: number): string | null {
  const open: string[] = [];
  let [tokens, counted, offset] = [0, 0, 0];
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    const type: CST.TokenType | null = isScalar ? 'scalar' : CST.tokenType(token);
    isScalar = type === 'scalar' && token === CST.SCALAR;
    follow(open, type);
    tokens += 1;
    if (isCounted(type, open.at(-1) === 'flow-map-start')) counted += 1;
    // A line that is not indented as far as its bracket; the parser would go on, at its own price for an error.
    if (type === 'flow-error-end') return `line ${lineAt(text, offset)} is not valid YAML (BAD_INDENT)`;
    if (open.length > NESTING_LIMIT) return `line ${lineAt(text, offset)} is too long or nested too deep`;
    if (counted > keys) return `line ${lineAt(text, offset)} has a key or an alias too many`;
    if (tokens > TOKEN_LIMIT) return `line ${lineAt(text, offset)} is beyond what is read`;
    if (!WITHOUT_TEXT.has(token)) offset += token.length;
  }
  return null;
}

/** What the lexer adds to the text by itself. */
const WITHOUT_TEXT: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.SCALAR]);

/** What is open after a token, outermost first. To the parser every closing bracket closes the innermost, whichever it is. */
function follow(open: string[], type: CST.TokenType | null): void {
  if (type === 'flow-seq-start' || type === 'flow-map-start') open.push(type);
  if (type === 'flow-seq-end' || type === 'flow-map-end') open.pop();
}

const COUNTED: ReadonlySet<string | null> = new Set(['map-value-ind', 'explicit-key-ind', 'alias']);
const BETWEEN: ReadonlySet<string | null> = new Set(['space', 'newline', 'comment']);

/** In a mapping in braces a key needs no colon. */
function isCounted(type: string | null, isInMap: boolean): boolean {
  return COUNTED.has(type) || (isInMap && !BETWEEN.has(type));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
