"""The line under a subject in the list: what this mail says, not what it quotes."""

import re

MAX_PREVIEW_CHARS = 160
_READ_CHARS = 20_000

# Newsletters pad their hidden first line with these so that nothing else shows.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_SPACE = re.compile(r"\s+")
_ATTRIBUTION = re.compile(
    r"(?:am|on|le|il|op) .{3,200}(?:schrieb|wrote|a écrit|ha scritto|schreef)\b.{0,120}:", re.IGNORECASE
)
_ORIGINAL = re.compile(
    r"(?:-{2,} ?(?:original message|ursprüngliche nachricht|message d.origine|messaggio originale|"
    r"weitergeleitete nachricht|forwarded message).{0,40}|_{20,})\Z",
    re.IGNORECASE,
)


def make_preview(text: str) -> str:
    """At most 160 characters on one line. Quotes, their introductions and signatures are skipped, unless there is
    nothing else."""
    lines = [_SPACE.sub(" ", _INVISIBLE.sub("", line)).strip() for line in text[:_READ_CHARS].split("\n")]
    own: list[str] = []
    for line in lines:
        if line == "--" or _ORIGINAL.match(line) is not None:
            break
        if line and not line.startswith(">") and _ATTRIBUTION.fullmatch(line) is None:
            own.append(line)
    chosen = own or [line.lstrip("> ") for line in lines]
    return _cut(" ".join(line for line in chosen if line))


def _cut(line: str) -> str:
    if len(line) <= MAX_PREVIEW_CHARS:
        return line
    head = line[: MAX_PREVIEW_CHARS - 1]
    words, space, _ = head.rpartition(" ")
    return (words if space and len(words) > MAX_PREVIEW_CHARS // 2 else head).rstrip() + "…"
