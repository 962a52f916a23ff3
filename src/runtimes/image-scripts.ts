import type { ImageFacts } from '../rootfs/facts.ts';

/** What a script may read of the job. Absent: it depends on who starts it. */
export interface ScriptSurroundings {
  readonly home?: string;
  readonly cwd?: string;
}

/** What the image sets. */
export interface ScriptedVariables {
  readonly variables: ReadonlyMap<string, string>;
  /** Names that its scripts used for themselves: the job has not even the caller's value. */
  readonly hidden: ReadonlySet<string>;
}

type Scripts = ImageFacts['environmentScripts'];
type Variables = ReadonlyMap<string, string>;

/** The ENV of an OCI image, which other scripts come after. */
const OCI_SCRIPT = '10-docker2singularity.sh';
/** Linux takes no longer variable, and text that doubles itself must end. */
const LONGEST_VALUE = 128 * 1024;
const MOST_NESTED = 50;

/**
 * The image's variables after its own scripts (%environment of a definition, `.singularity.d/env/9*.sh`) as Apptainer runs them:
 * after ENV, where of the caller's variables none is there but HOME. Scripts of assignments, `export` and `unset` are read;
 * null: one is more than that, and only a shell in the container would know.
 */
export function afterScripts(
  scripts: Scripts,
  before: Variables,
  surroundings: ScriptSurroundings,
): ScriptedVariables | null {
  const state: State = {
    values: new Map(before),
    exported: new Set(before.keys()),
    surroundings: new Map(Object.entries({ HOME: surroundings.home, PWD: surroundings.cwd })),
  };
  for (const { name, text } of scripts)
    if (text === null || name < OCI_SCRIPT || !new Reader(text, state).run()) return null;
  const isExported = ([name]: [string, string]) => state.exported.has(name);
  const all = [...state.values];
  return {
    variables: new Map(all.filter(isExported)),
    hidden: new Set(all.filter(one => !isExported(one)).map(([name]) => name)),
  };
}

interface State {
  readonly values: Map<string, string>;
  readonly exported: Set<string>;
  /** Names that the job decides; undefined: not known here. */
  readonly surroundings: ReadonlyMap<string, string | undefined>;
}

/** It is no script of plain assignments. */
class MoreThanAssignments extends Error {}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const ASSIGNED = /[A-Za-z_][A-Za-z0-9_]*(?==)/y;
const BLANKS = /(?:\\\n)*[ \t](?:[ \t]|\\\n)*/y;
const BETWEEN = /(?:[ \t\n;]|\\\n|#[^\n]*)+/y;
const PLAIN = /[\w./:,@%+=-]+/y;
/** What neither ends double quotes nor is special in them. */
const QUOTED = /[^"\\$`]+/y;
const OPERATOR = /:?[-+]/y;

/** Reads one script of a POSIX shell, and does what it says to the state. */
class Reader {
  readonly #text: string;
  readonly #state: State;
  #at = 0;
  #depth = 0;

  constructor(text: string, state: State) {
    this.#text = text;
    this.#state = state;
  }

  /** Whether it could be read to its end. */
  run(): boolean {
    try {
      for (this.#take(BETWEEN); this.#at < this.#text.length; this.#take(BETWEEN)) this.#statement();
      return true;
    } catch (thrown) {
      if (thrown instanceof MoreThanAssignments) return false;
      throw thrown;
    }
  }

  #statement(): void {
    if (this.#peek(ASSIGNED)) {
      for (; !this.#isOver(); this.#take(BLANKS)) this.#assign();
      return;
    }
    const command = this.#take(NAME);
    this.#take(BLANKS);
    if (command !== 'export' && command !== 'unset') throw new MoreThanAssignments();
    for (; !this.#isOver(); this.#take(BLANKS)) {
      if (command === 'unset') this.#forget(this.#take(NAME));
      else if (this.#peek(ASSIGNED)) this.#state.exported.add(this.#assign());
      else this.#state.exported.add(this.#take(NAME) ?? this.#fail());
    }
  }

  #assign(): string {
    const name = this.#take(ASSIGNED) ?? this.#fail();
    this.#at += 1;
    if (this.#state.surroundings.has(name)) this.#fail();
    this.#state.values.set(
      name,
      this.#word(() => this.#isAtEnd() || this.#peek(BLANKS)),
    );
    return name;
  }

  #forget(name: string | undefined): void {
    if (name === undefined || this.#state.surroundings.has(name)) this.#fail();
    this.#state.values.delete(name);
    this.#state.exported.delete(name);
  }

  /** Between the words of a statement. */
  #isOver(): boolean {
    return this.#isAtEnd() || this.#text[this.#at] === '#';
  }

  #isAtEnd(): boolean {
    return this.#at >= this.#text.length || '\n;'.includes(this.#text[this.#at]!);
  }

  /** One word, or the text in braces. */
  #word(isEnd: () => boolean): string {
    let word = '';
    while (!isEnd()) {
      if (this.#at >= this.#text.length) this.#fail();
      word += this.#part();
      if (word.length > LONGEST_VALUE) this.#fail();
    }
    return word;
  }

  #part(): string {
    switch (this.#text[this.#at]) {
      case "'":
        return this.#singleQuotes();
      case '"':
        return this.#doubleQuotes();
      case '$':
        return this.#expansion();
      case '\\':
        this.#at += 2;
        return this.#text[this.#at - 1]?.replace('\n', '') ?? this.#fail();
      default:
        return this.#take(PLAIN) ?? this.#fail();
    }
  }

  #singleQuotes(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) this.#fail();
    const quoted = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return quoted;
  }

  #doubleQuotes(): string {
    this.#at += 1;
    let quoted = '';
    for (;;) {
      quoted += this.#take(QUOTED) ?? '';
      if (quoted.length > LONGEST_VALUE) this.#fail();
      const special = this.#text[this.#at];
      if (special === '$') quoted += this.#expansion();
      else if (special === '\\') {
        const next = this.#text[this.#at + 1] ?? this.#fail();
        quoted += next === '\n' ? '' : '$`"\\'.includes(next) ? next : `\\${next}`;
        this.#at += 2;
      } else if (special === '"') {
        this.#at += 1;
        return quoted;
      } else this.#fail();
    }
  }

  /** `$NAME`, `${NAME}` and `${NAME:-text}` with its three relatives. */
  #expansion(): string {
    this.#at += 1;
    if (this.#text[this.#at] !== '{') return this.#valueOf(this.#take(NAME) ?? this.#fail()) ?? '';
    this.#at += 1;
    const value = this.#valueOf(this.#take(NAME) ?? this.#fail());
    const operator = this.#take(OPERATOR) ?? '';
    if (++this.#depth > MOST_NESTED) this.#fail();
    const other = operator === '' ? '' : this.#word(() => this.#text[this.#at] === '}');
    this.#depth -= 1;
    if (this.#text[this.#at] !== '}') this.#fail();
    this.#at += 1;
    const isSet = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
    return operator.endsWith('+') ? (isSet ? other : '') : isSet ? value! : other;
  }

  #valueOf(name: string): string | undefined {
    const { surroundings, values } = this.#state;
    return surroundings.has(name) ? (surroundings.get(name) ?? this.#fail()) : values.get(name);
  }

  #peek(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0];
    this.#at += taken?.length ?? 0;
    return taken;
  }

  #fail(): never {
    throw new MoreThanAssignments();
  }
}
