/** Resolves with what `fact` answers once that is neither false nor undefined; rejects after `deadlineMs` with the fact's name. */
export async function until<T>(
  name: string,
  fact: () => T | false | undefined | Promise<T | false | undefined>,
  deadlineMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await fact();
    if (answer !== false && answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
