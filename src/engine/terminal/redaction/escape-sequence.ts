const escape = 0x1b;

/** Second bytes that open a control string: OSC, DCS, SOS, PM and APC. */
export const opensString = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[\]PX^_]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Index after the escape sequence (ECMA-48) that begins at `from`, -1 when its end has not come yet. One that is broken off ends where the next begins. */
export function sequenceEnd(bytes: Buffer, from: number): number {
  let index = from + 1;
  const kind = bytes[index++];
  if (kind === undefined) return -1;
  if (kind === escape) return from + 1;
  if (kind === 0x5b) return csiEnd(bytes, index);
  if (opensString[kind] === 1) return stringEnd(bytes, index);
  if (kind < 0x20 || kind > 0x2f) return index;
  for (; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x20 || byte > 0x2f) return index + 1;
  }
  return -1;
}

function csiEnd(bytes: Buffer, from: number): number {
  for (let index = from; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === escape) return index;
    if (byte >= 0x40) return index + 1;
  }
  return -1;
}

function stringEnd(bytes: Buffer, from: number): number {
  for (let index = from; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === 0x07 || byte === 0x18 || byte === 0x1a) return index + 1;
    if (byte !== escape) continue;
    if (index + 1 >= bytes.length) return -1;
    return bytes[index + 1] === 0x5c ? index + 2 : index;
  }
  return -1;
}
