/** The compiler's proof that a union was handled whole; throws when data from outside breaks the type. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
