// Icons of writing alone, as those of ../icons.ts and from the same set: these are not loaded with the first picture.
// From Lucide (https://lucide.dev), ISC licence, © Lucide Contributors; parts © Cole Bemis 2013-2022 (MIT, Feather).
export const glyphs = {
  bold: 'M6 12h9a4 4 0 0 1 0 8H7a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h7a4 4 0 0 1 0 8',
  bullets: 'M3 6h.01M3 12h.01M3 18h.01M8 6h13M8 12h13M8 18h13',
  clear: 'M4 7V4h16v3M5 20h6M13 4 8 20M15 15l5 5M20 15l-5 5',
  format: 'M12 4v16M4 7V5a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v2M9 20h6',
  italic: 'M19 4H10M14 20H5M15 4 9 20',
  link: 'M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71',
  numbers: 'M10 6h11M10 12h11M10 18h11M4 6h1v4M4 10h2M6 18H4c0-1 2-2 2-3s-1-1.5-2-1',
  picture:
    'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2zM7 9a2 2 0 1 0 4 0a2 2 0 1 0 -4 0M0 0m21 15-3.086-3.086a2 2 0 0 0-2.828 0L6 21',
  quoteLess: 'M21 6H11M21 12H11M21 18H11M7 8l-4 4 4 4',
  quoteMore: 'M21 6H11M21 12H11M21 18H11M3 8l4 4-4 4',
  underline: 'M6 4v6a6 6 0 0 0 12 0V4M4 20h16',
} as const;

export type GlyphName = keyof typeof glyphs;
