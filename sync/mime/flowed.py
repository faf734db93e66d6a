"""format=flowed (RFC 3676): a line that ends in a space goes on in the next one of the same quote depth."""

import re

_QUOTES = re.compile(r">*")


def unflow(text: str, *, delete_space: bool = False) -> str:
    out: list[str] = []
    open_depth = -1  # the depth of the line that goes on, or -1
    for line in text.split("\n"):
        quotes = _QUOTES.match(line)
        depth = quotes.end() if quotes is not None else 0
        content = line[depth:].removeprefix(" ")  # space-stuffing (4.4)
        is_signature = content == "-- "  # never flowed (4.3)
        flows = content.endswith(" ") and not is_signature
        if flows and delete_space:
            content = content[:-1]
        if open_depth == depth and not is_signature:
            out.append(content)
        else:
            if open_depth >= 0 or out:
                out.append("\n")
            out.append(f"{'>' * depth} {content}" if depth else content)
        open_depth = depth if flows else -1
    return "".join(out)
