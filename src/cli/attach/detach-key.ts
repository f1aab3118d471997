/** Ctrl-] as terminals send it: the control character, and the key reports of the kitty protocol and of xterm's modifyOtherKeys. */
const detachKey = /\u001d|\u001b\[93;5(?::1)?u|\u001b\[27;5;93~/;

/** What of `typed` is for the agent, and whether the person wants to leave after it. */
export function splitAtDetachKey(typed: string): { readonly forAgent: string; readonly detaches: boolean } {
  const found = detachKey.exec(typed);
  return found ? { forAgent: typed.slice(0, found.index), detaches: true } : { forAgent: typed, detaches: false };
}
