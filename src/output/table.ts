import { safeText } from './safe-text.ts';
import { type Meaning, PLAIN, type Style } from './style.ts';
import { wrap } from './wrap-text.ts';

/** A cell: a text, which may come from outside, and what it means. */
export type Cell = string | { readonly text: string; readonly meaning: Meaning };

export interface TableOptions {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Characters that a line may have; null: as many as it takes (a pipe, a file). */
  readonly width: number | null;
  readonly style?: Style;
}

/** Blanks between two columns. */
const GAP = 2;
/** A column narrower than this is not worth reading: then every row becomes a paragraph. */
const NARROWEST = 9;
const BORDERS = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
  'middle',
] as const;

/** Draws a table without borders, each line ended by a line end and no line longer than the width. */
export async function table({ head, rows, width, style = PLAIN }: TableOptions): Promise<string> {
  const texts = rows.map(row => row.map(cell => safeText(textOf(cell), 2000)));
  const natural = head.map((title, column) =>
    Math.max(title.length, ...texts.map(row => lengthOf(row[column] ?? ''))),
  );
  const widths = width === null ? natural : fitted(natural, width);
  if (widths === null) return paragraphs(head, rows, texts, width!, style);
  const { default: Table } = await import('cli-table3');
  const drawn = new Table({
    head: head.map(title => style('heading', title)),
    colWidths: widths.map((size, column) => size + (column === widths.length - 1 ? 0 : GAP)),
    chars: Object.fromEntries(BORDERS.map(border => [border, ''])),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  // Wrapped here, so that a word is broken only where it must be.
  rows.forEach((row, line) => {
    drawn.push(
      row.map((cell, column) =>
        wrap(texts[line]![column]!, widths[column]!)
          .map(part => styled(cell, part, style))
          .join('\n'),
      ),
    );
  });
  return withoutTrailingBlanks(drawn.toString());
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

function styled(cell: Cell, text: string, style: Style): string {
  return typeof cell === 'string' ? text : style(cell.meaning, text);
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** Takes from the widest column until all fit; null when that would make one too narrow. */
function fitted(natural: readonly number[], width: number): number[] | null {
  const widths = [...natural];
  let excess = widths.reduce((sum, size) => sum + size, GAP * (widths.length - 1)) - width;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= NARROWEST) return null;
    widths[widest]! -= 1;
    excess -= 1;
  }
  return widths;
}

/** For a narrow terminal: each row is a paragraph of `TITLE: text`, its longer lines wrapped. */
function paragraphs(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  texts: readonly (readonly string[])[],
  width: number,
  style: Style,
): string {
  return rows
    .map((row, line) =>
      row
        .flatMap((cell, column) =>
          texts[line]![column] === ''
            ? []
            : wrap(`${head[column]}: ${texts[line]![column]}`, width).map(part => styled(cell, part, style)),
        )
        .map(text => `${text}\n`)
        .join(''),
    )
    .join('\n');
}

/** cli-table3 fills every cell up with blanks, the last of a line too. */
function withoutTrailingBlanks(text: string): string {
  return text
    .split('\n')
    .map(line => `${line.replace(/ +$/, '')}\n`)
    .join('');
}
