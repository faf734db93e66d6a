/** Lengths as mail counts them: in octets of UTF-8. */
export function octets(text: string): number {
  let count = 0;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    count += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return count;
}

/** `line` in pieces of at most `limit` octets, broken at spaces where there are any and never inside a character. */
export function folded(line: string, limit: number): string[] {
  if (line.length * 3 <= limit || octets(line) <= limit) return [line];
  const pieces: string[] = [];
  let piece = '';
  let size = 0;
  for (const char of line) {
    const width = octets(char);
    while (piece && size + width > limit) {
      const space = piece.lastIndexOf(' ');
      const cut = space > 0 ? space : piece.length;
      pieces.push(piece.slice(0, cut));
      piece = piece.slice(cut).trimStart();
      size = octets(piece);
    }
    piece += char;
    size += width;
  }
  return [...pieces, piece];
}
