/**
 * Variant symlinks: a link's text may name variables, `$(NAME)` or `$(NAME:-default)`, which the client takes from
 * its own environment. A reader of catalogs expands them itself.
 */
export function expandVariants(
  text: string,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  return text.replace(
    /\$\(([A-Za-z_][A-Za-z0-9_]*)(?::-([^()]*))?\)/g,
    (_, name: string, fallback?: string) => {
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      return value || (fallback ?? '');
    },
  );
}
