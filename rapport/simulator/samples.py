"""A small real file of each kind, for a customer who just sends "a picture"."""

from __future__ import annotations

import struct
import zlib

SIDE = 64


def _png() -> bytes:
    """A 64 by 64 picture of a green slope."""
    rows = b"".join(
        b"\0" + b"".join(bytes((40, 120 + y, 90 + x)) for x in range(SIDE)) for y in range(SIDE)
    )
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _ogg() -> bytes:
    """An Ogg stream with the two Opus headers and no sound."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 16_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"rapport" + struct.pack("<I", 0)
    return _ogg_page(head, 2, 0) + _ogg_page(tags, 4, 1)


def _ogg_page(packet: bytes, flags: int, number: int) -> bytes:
    def page(checksum: int) -> bytes:
        fields = struct.pack("<BBQIIIB", 0, flags, 0, 1, number, checksum, 1)
        return b"OggS" + fields + bytes([len(packet)]) + packet

    return page(_ogg_crc(page(0)))


def _ogg_crc(data: bytes) -> int:
    register = 0
    for byte in data:
        register ^= byte << 24
        for _ in range(8):
            carry = register & 0x80000000
            register = (register << 1) ^ (0x04C11DB7 if carry else 0)
        register &= 0xFFFFFFFF
    return register


def _mp4() -> bytes:
    """The opening box of an MP4 file and an empty one."""
    kind = b"ftypisom" + struct.pack(">I", 512) + b"isomiso2mp41"
    return struct.pack(">I", len(kind) + 4) + kind + struct.pack(">I", 8) + b"mdat"


def _webp() -> bytes:
    """A lossless WebP of one pixel."""
    bits = bytes((0x2F, 0, 0, 0, 0, 0x07, 0x50, 0xE8, 0x8A, 0xC6, 0xFF, 0x81, 0x88, 0xE8, 0x7F, 0))
    chunk = b"WEBPVP8L" + struct.pack("<I", len(bits)) + bits
    return b"RIFF" + struct.pack("<I", len(chunk)) + chunk


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

SAMPLES = {
    "image": ("image/png", _png()),
    "audio": ("audio/ogg; codecs=opus", _ogg()),
    "video": ("video/mp4", _mp4()),
    "sticker": ("image/webp", _webp()),
    "document": ("application/pdf", PDF),
}
"""Kind to (MIME type, bytes)."""
