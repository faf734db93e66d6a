/** Formatted text as plain text: quote levels as ">", lists with "-" or their number, links with their address. */

/** As the server reads it: what begins a line of its own, and what has an empty line around it. */
const LINES = new Set(
  'ADDRESS BLOCKQUOTE CAPTION CENTER DD DIV DL DT FIGCAPTION FIGURE H1 H2 H3 H4 H5 H6 HR LI OL P PRE TABLE TR UL'.split(
    ' ',
  ),
);
const APART = new Set('P PRE TABLE H1 H2 H3 H4 H5 H6'.split(' '));
const DEEPEST = 20;

type Within = { quotes: number; indent: string; pre: boolean };

class Lines {
  private readonly done: string[] = [];
  private line = '';
  private marker = '';
  /** How deep the quote around the empty line is that is due. */
  private gap = Infinity;
  private at: Within = { quotes: 0, indent: '', pre: false };

  say(text: string): void {
    const words = this.at.pre ? text : text.replace(/[ \t\r\n]+/g, ' ');
    const [first = '', ...rest] = this.at.pre ? words.split('\n') : [words];
    this.line += this.at.pre || this.line ? first : first.trimStart();
    for (const piece of rest) {
      this.end();
      this.line = piece;
    }
  }

  /** `always`: an empty line is one. */
  end(always = false): void {
    const text = this.line.replaceAll('\u00a0', ' ').replaceAll('\u200b', '').trimEnd();
    this.line = '';
    if (!text && !always && !this.at.pre) return;
    this.put(text);
  }

  /** An empty line before what follows, unless there is one or nothing at all. */
  apart(): void {
    this.end();
    this.gap = Math.min(this.gap, this.at.quotes);
  }

  item(marker: string): void {
    this.end();
    this.marker = marker;
  }

  within(change: Partial<Within>, work: () => void): void {
    const before = this.at;
    this.end();
    this.at = { ...before, ...change };
    work();
    this.end();
    this.marker = '';
    this.at = before;
  }

  get place(): Within {
    return this.at;
  }

  toString(): string {
    this.end();
    return this.done.join('\n').replace(/^\n+|\n+$/g, '');
  }

  private put(text: string): void {
    const { quotes, indent } = this.at;
    const { marker } = this;
    this.marker = '';
    const before = this.done.at(-1)?.replaceAll('>', '').trim();
    if (before && text && this.gap < Infinity) this.done.push('>'.repeat(Math.min(this.gap, quotes)));
    this.gap = Infinity;
    const words = marker ? indent.slice(0, -marker.length) + marker + text : text && indent + text;
    // The line above a signature ends in a space, which HTML loses (RFC 3676 4.3).
    const whole = words === '--' ? '-- ' : words;
    this.done.push(quotes ? `${'>'.repeat(quotes)} ${whole}`.trimEnd() : whole);
  }
}

/** Ends in a line end where there is anything. */
export function textOf(root: ParentNode): string {
  const lines = new Lines();
  inside(root, lines);
  const text = lines.toString();
  return text && `${text}\n`;
}

function inside(node: Node | ParentNode, lines: Lines): void {
  node.childNodes.forEach((child) => {
    if (child.nodeType === 3) lines.say(child.nodeValue ?? '');
    else if (child.nodeType === 1) element(child as Element, lines);
  });
}

function element(node: Element, lines: Lines): void {
  switch (node.nodeName) {
    case 'BR':
      return breakOf(node, lines);
    case 'IMG':
      return lines.say(pictureOf(node));
    case 'A':
      return link(node, lines);
    case 'HR':
      return lines.within({}, () => lines.say('-----'));
    default:
      return holder(node, lines);
  }
}

function holder(node: Element, lines: Lines): void {
  if (/^[OU]L$/.test(node.nodeName)) return list(node, lines);
  if (/^T[DH]$/.test(node.nodeName) && node.previousElementSibling) lines.say(' ');
  if (LINES.has(node.nodeName)) block(node, lines);
  else inside(node, lines);
}

/** The last one in a block that says something only holds it open. */
function breakOf(node: Element, lines: Lines): void {
  const holds = !node.nextSibling && node.previousSibling && LINES.has(node.parentNode?.nodeName ?? '');
  lines.end(!holds);
}

function pictureOf(node: Element): string {
  const alt = node.getAttribute('alt')?.trim();
  return alt ? `[${alt}]` : '';
}

function block(node: Element, lines: Lines): void {
  const apart = APART.has(node.nodeName);
  if (apart) lines.apart();
  const { quotes } = lines.place;
  if (node.nodeName === 'BLOCKQUOTE')
    lines.within({ quotes: Math.min(DEEPEST, quotes + 1) }, () => inside(node, lines));
  else lines.within(node.nodeName === 'PRE' ? { pre: true } : {}, () => inside(node, lines));
  if (apart) lines.apart();
}

function list(node: Element, lines: Lines): void {
  let number = Number(node.getAttribute('start') ?? 1) || 1;
  lines.within({}, () => {
    for (const item of node.children) {
      const marker = node.nodeName === 'OL' ? `${number}. ` : '- ';
      if (item.nodeName === 'LI') number += 1;
      const within = { indent: lines.place.indent + ' '.repeat(marker.length) };
      lines.within(within, () => {
        if (item.nodeName === 'LI') lines.item(marker);
        // A list inside a list stands among the items in some programs.
        if (item.nodeName === 'LI') inside(item, lines);
        else element(item, lines);
      });
    }
  });
}

function link(node: Element, lines: Lines): void {
  inside(node, lines);
  const href = node.getAttribute('href')?.trim() ?? '';
  const address = /^(?:https?|tel):/i.test(href) ? href : (/^mailto:([^?]+)/i.exec(href)?.[1] ?? '');
  const bare = (text: string): string =>
    text
      .trim()
      .replace(/^https?:\/\/|^tel:|\/$/gi, '')
      .toLowerCase();
  if (address && !bare(node.textContent).includes(bare(address))) lines.say(` <${address}>`);
}
