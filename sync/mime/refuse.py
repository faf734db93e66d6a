"""What no header field of a mail of ours may hold: whoever could end a line could write fields of his own.

Checked here, on values, and not by the library that writes them: old Pythons let line breaks through (CVE-2026-1299).
"""

import re

# C0 with the tab, DEL, C1 (NEL is a line end to some), and surrogates, which no encoding can carry.
_REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class BadField(ValueError):
    """One value of a mail cannot be sent as it is. Names the field, never the value: that is what somebody wrote."""

    def __init__(self, field: str) -> None:
        super().__init__(f"cannot be sent as it is: {field}")
        self.field = field


def check_line(value: str, field: str) -> str:
    """The value, if it is one line without control characters. Raises BadField."""
    if _REFUSED.search(value) is not None:
        raise BadField(field)
    return value
