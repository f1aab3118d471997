import type { JSX } from 'preact';

/** A codicon; `name` may end with `~spin`. Decoration only: the word beside it says the same. */
export function Icon({ name }: { readonly name: string }): JSX.Element {
  const [icon, modifier] = name.split('~');
  return (
    <i class={`codicon codicon-${icon}${modifier === 'spin' ? ' codicon-modifier-spin' : ''}`} aria-hidden="true" />
  );
}
