/** The bits of `flags`, as the server numbers them. */
export const SEEN = 1;
export const FLAGGED = 2;
export const ANSWERED = 4;
export const DRAFT = 8;
export const DELETED = 16;
export const FORWARDED = 32;

export const withFlags = (flags: number, add: number, remove: number): number => (flags | add) & ~remove;
