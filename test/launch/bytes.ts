import fc from 'fast-check';

/** Any bytes that a word can hold: 1 to 255, with the ones that shells, quoting and UTF-8 care about more often. */
export const anyBytes = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 255 }).map(byte => Buffer.of(byte)) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          ...[
            "'",
            '"',
            '\\',
            '$',
            '`',
            '\n',
            '#jcds:end',
            "#jcds:''end",
            '$(',
            '!',
            '*',
            ' ',
            '\x81',
            '\x88',
            'é',
            '\ufffd',
            '😀',
          ].map(text => Buffer.from(text, text.length === 1 && text < '\xa0' ? 'latin1' : 'utf8')),
          Buffer.from([0xed, 0xb2, 0x80]),
          Buffer.from([0xf0, 0x9f]),
        ),
      },
    ),
    { maxLength: 24 },
  )
  .map(parts => Buffer.concat(parts));

/** A name that every shell holds. */
export const shellName = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/).map(name => `JT_${name}`);
