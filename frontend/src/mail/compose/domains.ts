/** Domains as the DNS compares them: lower case, each label in its A-form (RFC 5890 2.3.2.1).
 *
 *  Without the DOM there is no `URL` to ask, so Punycode (RFC 3492) is here. Of IDNA's mapping only case and
 *  compatibility forms (NFKC) are applied; the rest of UTS 46 is about names that no registry gives out. Comparing
 *  A-labels, never decoded ones, means that a forged label can decode to whatever it likes and still equals nothing. */
const LONGEST_LABEL = 63; // RFC 1035 2.3.4
const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const BASE = DIGITS.length;
const T_MIN = 1;
const T_MAX = 26;

export function asciiDomain(domain: string): string {
  return domain.normalize('NFKC').toLowerCase().split('.').map(aLabel).join('.');
}

function aLabel(label: string): string {
  // A longer one is no label anyhow, and the encoding takes quadratic time.
  return /^\p{ASCII}*$/u.test(label) || label.length > LONGEST_LABEL ? label : `xn--${punycode(label)}`;
}

/** RFC 3492 6.3, for a label with at least one character outside ASCII. */
function punycode(label: string): string {
  const points = Array.from(label, (char) => char.codePointAt(0) ?? 0);
  const basic = points.filter((point) => point < 0x80);
  let out = basic.length ? `${String.fromCharCode(...basic)}-` : '';
  let done = basic.length;
  let least = 0x80;
  let delta = 0;
  let bias = 72;
  while (done < points.length) {
    const next = Math.min(...points.filter((point) => point >= least));
    delta += (next - least) * (done + 1);
    for (const point of points) {
      if (point < next) delta += 1;
      if (point !== next) continue;
      out += digits(delta, bias);
      bias = adapted(delta, done + 1, done === basic.length);
      delta = 0;
      done += 1;
    }
    delta += 1;
    least = next + 1;
  }
  return out;
}

function digits(delta: number, bias: number): string {
  let out = '';
  let rest = delta;
  for (let k = BASE; ; k += BASE) {
    const threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
    if (rest < threshold) return out + DIGITS.charAt(rest);
    out += DIGITS.charAt(threshold + ((rest - threshold) % (BASE - threshold)));
    rest = Math.floor((rest - threshold) / (BASE - threshold));
  }
}

function adapted(delta: number, count: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? 700 : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor((BASE * rest) / (rest + 38));
}
