/**
 * The text of a .sh file of this source without its head: the comments above its first empty line, which say what it is for
 * and hold what shellcheck is told. The text ends without a line end.
 * @param values what stands for each `@NAME@` of the text
 */
export function shellText(file: string, values: Readonly<Record<string, string | number>> = {}): string {
  const body = file.slice(file.indexOf('\n\n') + 2).replace(/\n$/, '');
  return body.replace(/@([A-Z_]+)@/g, (whole, name: string) => String(values[name] ?? whole));
}
