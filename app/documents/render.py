"""Run as a program of its own: reads a PDF that a stranger has sent, with little memory and little time.

``render.py count FILE`` prints the number of pages; ``render.py page NUMBER FILE`` writes a page as PNG to stdout. Exit
code 3: the file is locked or cannot be read. Whatever a crafted file does to the library ends with this process.
"""

from __future__ import annotations

import resource
import struct
import sys
import zlib

import pypdfium2

MEMORY, SECONDS = 1 << 30, 10
WIDTH, MAX_PIXELS = 900, 4_000_000
UNREADABLE = 3


def main(arguments: list[str]) -> int:
    """Carry out one command."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        document = pypdfium2.PdfDocument(arguments[-1])
        if arguments[0] == "count":
            sys.stdout.write(str(len(document)))
        else:
            sys.stdout.buffer.write(page_as_png(document[int(arguments[1]) - 1]))
    except (pypdfium2.PdfiumError, IndexError):
        return UNREADABLE
    return 0


def page_as_png(page: pypdfium2.PdfPage) -> bytes:
    """A page, as wide as a screen's column, but of a bounded number of pixels."""
    width, height = page.get_size()
    scale = WIDTH / max(width, 1)
    if width * height * scale * scale > MAX_PIXELS:
        scale = (MAX_PIXELS / (width * height)) ** 0.5
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
    return png(bitmap.width, bitmap.height, bitmap.n_channels, bitmap.stride, bytes(bitmap.buffer))


def png(width: int, height: int, channels: int, stride: int, pixels: bytes) -> bytes:
    """Rows of RGB, RGBA or grey pixels as a PNG file (ISO/IEC 15948)."""
    kind = {1: 0, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + pixels[row * stride : row * stride + width * channels] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
