import fc from 'fast-check'

/** Texts that a careless script would run or fall apart on; none has a zero byte, as no environment or argument can. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          "'",
          '"',
          '`',
          '$(touch escaped)',
          '\\',
          '\n',
          '\r',
          '\t',
          '$',
          '!',
          '#',
          ')',
          '}',
          ';',
          '&',
          '|',
          '<<EOF',
          'EOF',
        ],
        ...[
          '\u0001',
          '\u0085',
          '\u00a0',
          '\u202e',
          '\u2019',
          '\ufeff',
          '-n',
          '--',
          '~',
          '*',
          '$HOME',
          `\${x:-y}`,
          "'\\''",
          '=',
          '%s',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''))
