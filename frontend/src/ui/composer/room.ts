/** What is left for files in a mail of so many bytes: they travel as base64, 57 of them in a line of 78. Pure. */

const HEADERS_BYTES = 4096;
const MB = 1_000_000;

export const filesIn = (mailBytes: number): number => Math.max(0, Math.floor(((mailBytes - HEADERS_BYTES) * 57) / 78));

/** As it is promised: never more than there is, which rounding would. 0: not known. */
export function roomIn(mailBytes: number): number {
  const room = filesIn(mailBytes);
  return room > 10 * MB ? room - (room % MB) : room;
}
