"""Small real files for attachments: a PDF page of text, and PNG pictures. Written by hand, so that the demo needs no
library for it."""

import math
import struct
import zlib
from collections.abc import Callable, Sequence
from random import Random

Colour = tuple[int, int, int]
_LINE_POINTS = 16
_PAGE_LINES = 44


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """One A4 page in Helvetica."""
    text = [f"BT /F2 17 Tf 56 780 Td ({_escaped(title)}) Tj ET", "0.6 w 56 768 m 540 768 l S"]
    for number, line in enumerate(lines[:_PAGE_LINES]):
        text.append(f"BT /F1 11 Tf 56 {744 - number * _LINE_POINTS} Td ({_escaped(line)}) Tj ET")
    stream = zlib.compress("\n".join(text).encode("cp1252", "replace"))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    return _pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
            font.format("Helvetica").encode(),
            font.format("Helvetica-Bold").encode(),
        ]
    )


def _pdf_of(objects: Sequence[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def png(width_px: int, height_px: int, colour_at: Callable[[int, int], Colour]) -> bytes:
    """A true-colour picture, asked pixel by pixel."""
    rows = bytearray()
    for y in range(height_px):
        rows.append(0)
        for x in range(width_px):
            rows += bytes(colour_at(x, y))
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def heart_curve(random: Random) -> bytes:
    """An ECG strip on its pink paper."""
    width, height, beat = 420, 120, random.randint(58, 92)
    curve = [int(height * 0.62 - height * 0.45 * _beat((x % beat) / beat)) for x in range(width + 1)]

    def colour_at(x: int, y: int) -> Colour:
        low, high = sorted((curve[x], curve[x + 1]))
        if low - 1 <= y <= high + 1:
            return (24, 24, 40)
        if x % 20 == 0 or y % 20 == 0:
            return (240, 170, 170)
        return (250, 214, 214) if x % 4 == 0 or y % 4 == 0 else (255, 244, 243)

    return png(width, height, colour_at)


def _beat(phase: float) -> float:
    """P, QRS and T, each a bump."""
    bumps = ((0.18, 0.03, 0.14), (0.33, 0.010, -0.18), (0.36, 0.012, 1.0), (0.39, 0.012, -0.28), (0.62, 0.05, 0.24))
    return sum(height * math.exp(-(((phase - at) / width) ** 2)) for at, width, height in bumps)


def skin_photo(random: Random) -> bytes:
    """A photograph of a spot on the skin, as patients send them; nothing that one would look away from."""
    width, height = 240, 180
    centre_x, centre_y, radius = random.randint(90, 150), random.randint(70, 110), random.randint(22, 38)
    grain = Random(random.random())

    def colour_at(x: int, y: int) -> Colour:
        distance = math.hypot(x - centre_x, (y - centre_y) * 1.15) + 4 * math.sin(x / 7) + 3 * math.cos(y / 5)
        red = max(0.0, min(1.0, (radius - distance) / 12 + 0.5))
        light = 0.92 + 0.08 * math.sin((x + y) / 60) + grain.uniform(-0.015, 0.015)
        base = (226 - 30 * red, 184 - 82 * red, 160 - 70 * red)
        return (_byte(base[0] * light), _byte(base[1] * light), _byte(base[2] * light))

    return png(width, height, colour_at)


def logo(colour: Colour) -> bytes:
    """A firm's mark: a disc with a bar."""

    def colour_at(x: int, y: int) -> Colour:
        inside = math.hypot(x - 24, y - 24) < 21
        return (255, 255, 255) if not inside or 21 <= y <= 27 else colour

    return png(48, 48, colour_at)


def _byte(value: float) -> int:
    return max(0, min(255, int(value)))
