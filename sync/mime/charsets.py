"""Bytes → text under whatever charset a mail claims.

Only codecs named here are ever used: Python's own registry also answers to `utf-7`, `idna`, `unicode_escape`, `zlib`,
and it remembers every name it was asked for.
"""

import codecs
import re
from encodings import aliases

# What Python calls text codecs but no mail may choose: UTF-7 hides markup from every filter (RFC 7 bit is enough),
# the others run in quadratic time or are not charsets.
_REFUSED = {"utf_7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "palmos"}
_NOT_TEXT = {"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"}

# Names in use that Python lacks, and charsets that senders declare when they mean a superset of it.
_MEANT: dict[str, str] = {
    "usascii": "guess",
    "ascii": "guess",
    "646": "guess",
    "ansix341968": "guess",
    "xunknown": "guess",
    "unknown8bit": "guess",
    "unknown": "guess",
    "default": "guess",
    "8bit": "guess",
    "binary": "guess",
    "xuserdefined": "guess",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "88591": "cp1252",
    "xansi": "cp1252",
    "iso88599": "cp1254",
    "latin5": "cp1254",
    "iso885911": "cp874",
    "tis620": "cp874",
    "windows874": "cp874",
    "xwindows874": "cp874",
    "iso88596i": "iso8859_6",
    "iso88596e": "iso8859_6",
    "iso88598i": "iso8859_8",
    "iso88598e": "iso8859_8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "xgbk": "gb18030",
    "cp936": "gb18030",
    "euccn": "gb18030",
    "big5": "big5hkscs",
    "xxbig5": "big5hkscs",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "xsjis": "cp932",
    "mskanji": "cp932",
    "iso2022jp": "iso2022_jp_ext",
    "euckr": "cp949",
    "ksc56011987": "cp949",
    "ksc5601": "cp949",
    "koi8ru": "koi8_u",
    "macintosh": "mac_roman",
    "xmacroman": "mac_roman",
    "utf8mb4": "utf_8",
    "xutf8": "utf_8",
    "unicode11utf8": "utf_8",
}

_LATIN_1_AS_CP1252 = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_BOMS = ((codecs.BOM_UTF8, "utf_8"), (codecs.BOM_UTF16_LE, "utf_16_le"), (codecs.BOM_UTF16_BE, "utf_16_be"))


def _key(name: str) -> str:
    return "".join(char for char in name.lower() if char.isascii() and char.isalnum())


def _table() -> dict[str, str]:
    table = {_key(name): codec for alias in aliases.aliases.items() for name, codec in (alias, (alias[1], alias[1]))}
    known = {name: codec for name, codec in table.items() if codec not in _REFUSED | _NOT_TEXT}
    return known | {f"x{name}": codec for name, codec in known.items()} | _MEANT


_CODECS = _table()


def codec_of(charset: str) -> str:
    """The codec to use: a Python name, "guess" for no or an unknown charset, "refused" for UTF-7 and its like."""
    key = _key(charset[:60])
    if key in ("utf7", "unicode11utf7", "u7", "csunicode11utf7", "imap4utf7"):
        return "refused"
    return _CODECS.get(key, "guess")


def decode(raw: bytes, charset: str) -> str:
    """Never raises. A character cut off at the end is left out; what cannot be read becomes U+FFFD."""
    codec = codec_of(charset)
    if codec == "refused":
        return raw.decode("ascii", "replace")
    if codec == "guess":
        return _guess(raw)
    if codec == "cp1252":
        return _windows_1252(raw)
    if codec == "utf_8":
        return _utf_8(raw)
    return _with_codec(raw, codec)


def decode_html(raw: bytes, charset: str) -> str:
    """As `decode`; without a declared charset the byte order mark or the document's own `meta` decides."""
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            return _with_codec(raw[len(mark) :], codec)
    if codec_of(charset) == "guess" and (found := _META_CHARSET.search(raw[:4096])) is not None:
        declared = found[1].decode("ascii")
        # A `meta` that we could read as ASCII cannot be right about UTF-16.
        return _utf_8(raw) if codec_of(declared).startswith("utf_16") else decode(raw, declared)
    return decode(raw, charset)


def _guess(raw: bytes) -> str:
    if b"\x1b$" in raw and raw.isascii():
        return _with_codec(raw, "iso2022_jp_ext")
    return _utf_8(raw)


def _utf_8(raw: bytes) -> str:
    """UTF-8 where it is, else windows-1252: much mail that claims UTF-8 never was."""
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(1 for char in text if char > "\x7f") - broken
    return text if sound > broken else _windows_1252(raw)


def _windows_1252(raw: bytes) -> str:
    return raw.decode("latin-1").translate(_LATIN_1_AS_CP1252)


def _with_codec(raw: bytes, codec: str) -> str:
    try:
        text = codecs.getincrementaldecoder(codec)("replace").decode(raw)
    except (LookupError, ValueError, UnicodeError):
        return _utf_8(raw)
    # Some multibyte codecs pass lone surrogates; nothing behind us can store them.
    return text.encode("utf-8", "replace").decode("utf-8").removeprefix("\ufeff")
