/** The lines that a diff of one file adds, without their sign. Both forges leave out the two lines that name the file. */
export function addedLines(diff: string): string[] {
  return diff
    .split('\n')
    .filter(line => line.startsWith('+'))
    .map(line => line.slice(1));
}
