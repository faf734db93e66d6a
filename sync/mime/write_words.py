"""Text → what ASCII header fields can carry: encoded words (RFC 2047) and parameters (RFC 2231).

A file name is written twice, as Thunderbird does: as RFC 2231 in Content-Disposition, for everybody, and as encoded
words in `name` of Content-Type, for old Outlooks, which read only that. There is no third, plain `filename` with the
letters left out: some readers would take that one.
"""

import re
from binascii import b2a_base64
from collections.abc import Callable, Iterator

MAX_WORD_CHARS = 64  # RFC 2047 2 allows 75, but also says 76 for the whole line, and the name of the field is on it

_OVERHEAD = len("=?utf-8?q??=")
_ROOM = MAX_WORD_CHARS - _OVERHEAD
# RFC 2047 5(3): what may stand as it is inside a phrase, and so everywhere.
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
# Any parser reads these inside quotes. Not among them: the quote and the backslash, whose escapes many get wrong.
_QUOTABLE = re.compile(r"[A-Za-z0-9!#$&'()+,.;=@^_`{}~-]+(?: [A-Za-z0-9!#$&'()+,.;=@^_`{}~-]+)*")
_PIECE_CHARS = 50
_ATTRIBUTE_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


def write_words(text: str) -> list[str]:
    """Encoded words of at most `MAX_WORD_CHARS`, each with whole characters, in the shorter of the two encodings."""
    quoted = [_q_word(piece) for piece in _cut(text, _ROOM, lambda char: len(_q(char)))]
    return min(quoted, _b_words(text), key=lambda words: sum(map(len, words)))


def _b_words(text: str) -> list[str]:
    """Only the last may end in "=": GMime reads adjacent words as one and stops at the first padding. Where no cut
    gives whole groups of three bytes, one character goes ahead as a word of the other kind."""
    words: list[str] = []
    start = 0
    while True:
        whole = at = start
        size = 0
        while at < len(text) and (size := size + len(text[at].encode())) <= _ROOM // 4 * 3:
            at += 1
            whole = at if size % 3 == 0 else whole
        if at == len(text):
            return [*words, _b_word(text[start:])]
        if whole == start:
            words.append(_q_word(text[start]))
            start += 1
        else:
            words.append(_b_word(text[start:whole]))
            start = whole


def write_filename(name: str) -> tuple[list[str], list[str]]:
    """→ the parameter `filename` for Content-Disposition and `name` for Content-Type, as tokens to fold between."""
    if len(name) <= MAX_WORD_CHARS - 4 and _QUOTABLE.fullmatch(name) is not None:
        return [f'filename="{name}"'], [f'name="{name}"']
    # An encoded word between quotes is not RFC 2047 (5(3)); who follows it takes `filename*`.
    words = write_words(name)
    words[0] = f'name="{words[0]}'
    words[-1] += '"'
    return _write_extended("filename", name), words


def _write_extended(name: str, value: str) -> list[str]:
    """RFC 2231 3 and 4. Cut between characters: some readers decode each piece by itself."""
    pieces = [_percent(piece) for piece in _cut(value, _PIECE_CHARS, lambda char: len(_percent(char)))]
    pieces[0] = f"utf-8''{pieces[0]}"
    if len(pieces) == 1:
        return [f"{name}*={pieces[0]}"]
    numbered = [f"{name}*{number}*={piece};" for number, piece in enumerate(pieces)]
    numbered[-1] = numbered[-1].removesuffix(";")
    return numbered


def _cut(text: str, room: int, cost: Callable[[str], int]) -> Iterator[str]:
    """Pieces that cost at most `room` each; at least one, which may be empty."""
    start = used = 0
    for at, char in enumerate(text):
        price = cost(char)
        if used + price > room:
            yield text[start:at]
            start, used = at, 0
        used += price
    yield text[start:]


def _q(text: str) -> str:
    return "".join(chr(byte) if byte in _Q_SAFE else "_" if byte == 0x20 else f"={byte:02X}" for byte in text.encode())


def _q_word(text: str) -> str:
    return f"=?utf-8?q?{_q(text)}?="


def _b_word(text: str) -> str:
    return f"=?utf-8?b?{b2a_base64(text.encode(), newline=False).decode('ascii')}?="


def _percent(text: str) -> str:
    return "".join(chr(byte) if byte in _ATTRIBUTE_SAFE else f"%{byte:02X}" for byte in text.encode())
