const SHOWN = '***';

/**
 * A password or token that cannot be printed by accident: text, JSON and `util.inspect` all show `***`.
 * Whoever really sends it says `reveal()`, which is easy to search for.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return SHOWN;
  }
}
