/** A file of shell text, as one text: the builds and the tests put it into the program. See src/shell-text.ts. */
declare module '*.sh' {
  const text: string;
  export default text;
}
