/** Whether one of the texts holds this very entry, not a longer one that begins or ends with it (`x:24.1` in `x:24.12`). */
export function mentions(entry: string, ...texts: readonly (string | null)[]): boolean {
  return texts.some(
    text => text?.split(/[\s`'"()[\]<>,;]+/).some(word => word.replace(/[.!?:]+$/, '') === entry) ?? false,
  );
}
