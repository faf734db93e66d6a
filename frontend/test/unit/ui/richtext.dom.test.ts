import { expect, test } from 'vitest';
import { addressOf } from '../../../src/ui/editor/links';
import { contentIdIn, toEdit, toStore } from '../../../src/ui/editor/fragment';
import { fileOf } from '../../../src/ui/editor/pictures';
import { textOf } from '../../../src/ui/editor/text';
import { sanitiseToEdit } from '../../../src/ui/reader/sanitise';

const textIn = (html: string): string => textOf(sanitiseToEdit(html, window));

test.each([
  ['<div>Guten Tag</div><div><br></div><div>Gruss</div>', 'Guten Tag\n\nGruss\n'],
  ['<p>Eins</p><p>Zwei</p>', 'Eins\n\nZwei\n'],
  ['<div>Eins<br>Zwei<br></div><div>Drei</div>', 'Eins\nZwei\nDrei\n'],
  [
    '<div>Ja</div><blockquote><div>Wann?</div><blockquote><div>Was?</div></blockquote></blockquote>',
    'Ja\n> Wann?\n>> Was?\n',
  ],
  ['<blockquote><p>Eins</p><p>Zwei</p></blockquote>', '> Eins\n>\n> Zwei\n'],
  ['<ul><li>eins</li><li><div>zwei</div><div>weiter</div></li></ul>', '- eins\n- zwei\n  weiter\n'],
  ['<ol start="9"><li>neun</li><li>zehn<ul><li>tief</li></ul></li></ol>', '9. neun\n10. zehn\n    - tief\n'],
  ['<ul><li>a</li><ul><li>b</li></ul></ul>', '- a\n  - b\n'],
  ['<a href="https://praxis.example/x">hier</a>', 'hier <https://praxis.example/x>\n'],
  ['<a href="https://praxis.example/">praxis.example</a>', 'praxis.example\n'],
  ['<a href="mailto:a@b.example?subject=x">Anna</a>', 'Anna <a@b.example>\n'],
  ['<a href="mailto:a@b.example">a@b.example</a>', 'a@b.example\n'],
  ['<div>Siehe <img alt="Bild.png" data-cid="x"> oben</div>', 'Siehe [Bild.png] oben\n'],
  ['<table><tr><td>Na</td><td>140</td></tr><tr><td>K</td><td>4</td></tr></table>', 'Na 140\nK 4\n'],
  ['<pre>a  b\n  c</pre>', 'a  b\n  c\n'],
  ['<div>  zu   viele\n Zeichen </div>', 'zu viele Zeichen\n'],
  ['<div>a&nbsp; b</div>', 'a  b\n'],
  ['<div>Ja</div><div><div>--</div><b>Praxis</b></div>', 'Ja\n-- \nPraxis\n'],
  ['<hr><b>x</b>', '-----\nx\n'],
  ['<div><br></div>', ''],
  ['', ''],
])('%s reads as plain text', (html, text) => {
  expect(textIn(html)).toBe(text);
});

const edited = (html: string, shows: (id: string) => string | null = () => null): string => {
  const holder = document.createElement('div');
  holder.append(toEdit(sanitiseToEdit(html, window), shows));
  return holder.innerHTML;
};

test.each([
  '<script>hacked = 1</script>',
  '<img src="x" onerror="hacked = 1">',
  '<img src="https://evil.example/p.gif">',
  '<img src="/api/session">',
  '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
  '<svg onload="hacked = 1"><script>hacked = 1</script></svg>',
  '<iframe src="https://evil.example"></iframe>',
  '<style>* { position: fixed }</style>',
  '<input autofocus onfocus="hacked = 1">',
  '<link rel="stylesheet" href="https://evil.example/x.css">',
])('of %s nothing comes into the editor', (html) => {
  expect(edited(html)).toBe('');
});

test('of styles only those stay that dress the text', () => {
  const style = 'color:red;position:fixed;background-image:url(https://evil.example/x);width:100vw;margin-left:-9px';
  expect(edited(`<div style="${style}" class="btn" id="app">Text</div>`)).toBe('<div style="color: red;">Text</div>');
  expect(edited('<b style="position:fixed">Text</b>')).toBe('<b>Text</b>');
  expect(edited('<a href="javascript:x()" onclick="x()">Text</a>')).toBe('<a>Text</a>');
});

test('a picture of the mail is shown from this device and stored under its own name', () => {
  const shows = (id: string): string | null => (id === 'a b@c' ? 'blob:one' : null);
  const html = edited('<img src="cid:a%20b@c" alt="Bild"><img src="cid:other"><img src="blob:evil">', shows);
  expect(html).toBe('<img alt="Bild" data-cid="a b@c" src="blob:one">');
  expect(toStore(sanitiseToEdit(html, window))).toBe('<img alt="Bild" src="cid:a%20b@c">');
});

test('while its bytes are not here it keeps its place', () => {
  expect(edited('<img data-cid="x" src="https://evil.example/">', () => '')).toBe('<img data-cid="x">');
  const picture = document.createElement('img');
  picture.setAttribute('src', 'cid:%zz');
  expect(contentIdIn(picture)).toBe('%zz');
});

test('a picture in the markup becomes a file, anything else does not', () => {
  expect(fileOf('data:image/png;base64,iVBORw0KGgo=')).toMatchObject({
    name: 'picture.png',
    type: 'image/png',
    size: 8,
  });
  expect(fileOf('data:image/svg+xml;base64,PHN2Zz4=')).toBeNull();
  expect(fileOf('data:image/png;base64,%%%')).toBeNull();
  expect(fileOf('https://evil.example/x.png')).toBeNull();
});

test.each([
  ['www.praxis.example', 'https://www.praxis.example/'],
  [' https://praxis.example/a?b ', 'https://praxis.example/a?b'],
  ['anna@praxis.example', 'mailto:anna@praxis.example'],
  ['tel:+41311234567', 'tel:+41311234567'],
  ['javascript:alert(1)', null],
  ['nirgends', null],
  ['', null],
])('as a link, "%s" is %s', (typed, address) => {
  expect(addressOf(typed)).toBe(address);
});
