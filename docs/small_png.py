"""Write pictures of pages small: a palette of the 96 colours that are most used, packed tight.

A page has few colours and many shades at the edges of letters; each rare shade becomes the
nearest of the palette, which no eye sees.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

COLOURS = 96


def packed(pixels: bytes, width: int, height: int) -> bytes:
    """Return a PNG of pixels that stand as red, green, blue and opacity, row by row."""
    shades = np.frombuffer(pixels, dtype=np.uint8).reshape(-1, 4)[:, :3].astype(np.uint32)
    codes = shades[:, 0] << 16 | shades[:, 1] << 8 | shades[:, 2]
    known, place, uses = np.unique(codes, return_inverse=True, return_counts=True)
    palette = known[np.argsort(-uses, kind="stable")[:COLOURS]]
    indexes = _nearest(known, palette)[place].reshape(height, width)
    lines = np.zeros((height, width + 1), dtype=np.uint8)  # each begins with "as it stands"
    lines[:, 1:] = indexes
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", head),
            _chunk(b"PLTE", _parts(palette).astype(np.uint8).tobytes()),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _nearest(colours: NDArray[np.uint32], palette: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return for each colour the place of the nearest one in the palette."""
    found = np.empty(len(colours), dtype=np.uint8)
    there = _parts(palette)
    for at in range(0, len(colours), 4096):
        apart = _parts(colours[at : at + 4096])[:, None, :] - there[None, :, :]
        found[at : at + 4096] = (apart * apart).sum(axis=2).argmin(axis=1)
    return found


def _parts(colours: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return red, green and blue of each colour."""
    return np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.int32)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
