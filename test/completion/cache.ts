import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexText } from '../../src/completion/index-format.ts';
import { pressTab } from './bash.ts';
import { SCRIPTS } from './table.ts';

const SCRIPT = SCRIPTS['completions/jcds.bash']!;

/** A cache directory with an index in it, and a bash that completes from it. */
export class Cache {
  readonly directory = mkdtempSync(join(tmpdir(), 'jcds-names-'));
  readonly index = join(this.directory, 'jcds/completion');

  constructor() {
    mkdirSync(this.index, { recursive: true, mode: 0o700 });
  }

  write(names: readonly string[], repository = 'containers.jinr.ru', block?: number): void {
    this.writeRaw(`${repository}.names`, indexText(names, block));
  }

  writeRaw(file: string, text: string): void {
    writeFileSync(join(this.index, file), text);
  }

  /** For each line, the last word as it would be with each reply in the place of what readline replaces, sorted. */
  press(lines: readonly string[], more: Readonly<Record<string, string>> = {}): string[][] {
    const replies = pressTab(SCRIPT, lines, { XDG_CACHE_HOME: this.directory, ...more });
    return replies.map(({ replies: texts }, at) => {
      const line = lines[at]!;
      const word = /\S*$/.exec(line)?.[0] ?? '';
      const kept = word.slice(0, word.length - (/[^:=@]*$/.exec(word)?.[0].length ?? 0));
      return texts.map(text => kept + text).sort();
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
