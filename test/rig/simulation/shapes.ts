import type { Random } from './random.ts';

/** Dependencies of `count` specs by index, each on earlier ones only: a chain, a diamond, a fan, layers, islands or a random graph. */
export function drawDependencies(random: Random, count: number): number[][] {
  const shape = random.pick(['chain', 'diamond', 'fan', 'layers', 'islands', 'graph', 'graph']);
  const indexes = Array.from({ length: count }, (_unused, index) => index);
  switch (shape) {
    case 'chain':
      return indexes.map((index) => (index === 0 ? [] : [index - 1]));
    case 'diamond':
      return indexes.map((index) => diamond(index, count));
    case 'fan':
      return indexes.map((index) => (index === 0 ? [] : [0]));
    case 'layers':
      return indexes.map((index) => layer(index, 1 + (count % 4)));
    case 'islands':
      return indexes.map((index) => (index % 3 === 0 ? [] : [index - 1]));
    default:
      return indexes.map((index) => indexes.slice(0, index).filter(() => random.chance(2 / count)));
  }
}

/** One root, an uneven middle (a chain beside single specs) and one end that needs them all. */
function diamond(index: number, count: number): number[] {
  if (index === 0) return [];
  if (index === count - 1) return Array.from({ length: count - 1 }, (_unused, needed) => needed);
  return index === 2 ? [1] : [0];
}

function layer(index: number, width: number): number[] {
  const start = (Math.floor(index / width) - 1) * width;
  return start < 0 ? [] : Array.from({ length: width }, (_unused, offset) => start + offset);
}
