"""Characters that must not reach a screen or a file name: controls and what turns the reading direction around."""

import re

# Embeddings, overrides and isolates. The plain marks U+200E and U+200F stay: Hebrew and Arabic need them.
_TURNS = "\u202a-\u202e\u2066-\u2069"
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"
_UNWANTED_IN_TEXT = re.compile(f"[{_CONTROLS}]")
_TURN = re.compile(f"[{_TURNS}]")
_UNWANTED_IN_LINE = re.compile(f"[{_CONTROLS}{_TURNS}]")
_SPACE = re.compile(r"[ \t\n\u2028\u2029]+")
_UNWANTED_IN_NAME = re.compile(f'[{_CONTROLS}{_TURNS}\u200b-\u200f\u2028\u2029\ufeff"<>:|?*\t\n]')

MAX_NAME_CHARS = 180


def clean_text(text: str) -> str:
    """Several lines: line ends become LF, controls go."""
    return _UNWANTED_IN_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_line(text: str, max_chars: int) -> str:
    """One line: runs of white space become one space, controls and direction overrides go."""
    line = text[: max_chars * 4].replace("\r", " ")
    return _SPACE.sub(" ", _UNWANTED_IN_LINE.sub("", line)).strip()[:max_chars].rstrip()


def straighten(text: str) -> str:
    """Without the characters that turn the reading direction around."""
    return _TURN.sub("", text)


def clean_filename(name: str) -> str:
    """A bare file name: no path, no control or direction characters, no leading or trailing dots. May be empty."""
    base = re.split(r"[/\\]", name[:4096])[-1]
    base = re.sub(r"\s+", " ", _UNWANTED_IN_NAME.sub("_", base)).strip(". ")
    if len(base) <= MAX_NAME_CHARS:
        return base
    stem, dot, extension = base.rpartition(".")
    if not dot or len(extension) > 10:
        return base[:MAX_NAME_CHARS].rstrip(". ")
    return f"{stem[: MAX_NAME_CHARS - 1 - len(extension)]}.{extension}"
