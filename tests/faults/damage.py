"""What happens to the bytes of a file on its way, whatever its format."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from random import Random

KILOBYTE = 1024
Damage = Callable[[bytes, Random], bytes]


def cut_at_a_kilobyte(content: bytes, rng: Random) -> bytes:
    return content[: KILOBYTE * rng.randrange(len(content) // KILOBYTE + 1)]


def cut_anywhere(content: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content))]


def cut_near_the_end(content: bytes, rng: Random) -> bytes:
    return content[: -rng.randint(1, min(200, len(content)))]


def without_its_beginning(content: bytes, rng: Random) -> bytes:
    return content[rng.randint(1, len(content)) :]


def flipped_bits(content: bytes, rng: Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def flipped_bits_in_the_head(content: bytes, rng: Random) -> bytes:
    most = min(2_000, len(content))
    return flipped_bits(content[:most], rng) + content[most:]


def flipped_bits_in_the_tail(content: bytes, rng: Random) -> bytes:
    most = min(2_000, len(content))
    return content[:-most] + flipped_bits(content[-most:], rng)


def random_bytes_within(content: bytes, rng: Random) -> bytes:
    at, size = rng.randrange(len(content)), rng.choice([1, 4, 80, 500])
    return content[:at] + rng.randbytes(size) + content[at + size :]


def random_bytes(_: bytes, rng: Random) -> bytes:
    return rng.randbytes(rng.choice([1, 10, 1_000, 10_000]))


def block_twice(content: bytes, rng: Random) -> bytes:
    at, size = rng.randrange(len(content)), rng.choice([1, 80, 512, KILOBYTE, 4096])
    return content[:at] + content[at : at + size] + content[at:]


def block_gone(content: bytes, rng: Random) -> bytes:
    at, size = rng.randrange(len(content)), rng.choice([1, 80, 512, KILOBYTE, 4096])
    return content[:at] + content[at + size :]


def blocks_changed_places(content: bytes, rng: Random) -> bytes:
    a, b, c = sorted(rng.randrange(len(content)) for _ in range(3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def block_of_nul(content: bytes, rng: Random) -> bytes:
    at, size = rng.randrange(len(content)), rng.choice([1, 2, 80, 512])
    return content[:at] + bytes(size) + content[at + size :]


def nul_put_in(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + b"\0" + content[at:]


def filled_up_with_nul(content: bytes, rng: Random) -> bytes:
    return content + bytes(rng.choice([1, 80, 512, 4096]))


def twice_in_one_file(content: bytes, _: Random) -> bytes:
    return content + content


def something_after_its_end(content: bytes, rng: Random) -> bytes:
    return content + rng.choice([b"\x1a", b"\n\n", b"end of file", b"\x00", b"<x/>", b"{}", b'"'])


def marked_as_utf_8(content: bytes, _: Random) -> bytes:
    return b"\xef\xbb\xbf" + content


def marked_as_utf_16(content: bytes, rng: Random) -> bytes:
    return rng.choice([b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00"]) + content


def in_another_encoding(content: bytes, rng: Random) -> bytes:
    text = content.decode(rng.choice(["utf-8", "latin-1", "gb18030"]), "replace")
    into = rng.choice(["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "gb18030", "big5",
                       "shift_jis", "utf-7", "cp037"])  # fmt: skip
    return text.encode(into, "replace")


def read_wrong_and_written_again(content: bytes, rng: Random) -> bytes:
    return content.decode(rng.choice(["latin-1", "gb18030", "cp1251"]), "replace").encode("utf-8")


def other_ends_of_lines(content: bytes, rng: Random) -> bytes:
    return content.replace(b"\n", rng.choice([b"\r", b"\r\n", b"\n\r", b"\n\n", b"\x85", b""]))


def some_other_ends_of_lines(content: bytes, rng: Random) -> bytes:
    lines = content.split(b"\n")
    return b"".join(x + rng.choice([b"\n", b"\r\n", b"\r", b"\n\n"]) for x in lines)


def lines_in_another_order(content: bytes, rng: Random) -> bytes:
    lines = content.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines)


def a_line_twice(content: bytes, rng: Random) -> bytes:
    lines = content.split(b"\n")
    at = rng.randrange(len(lines))
    return b"\n".join([*lines[:at], lines[at], *lines[at:]])


def a_sign_exchanged(content: bytes, rng: Random) -> bytes:
    signs = [b",", b";", b'"', b"'", b"{", b"}", b"[", b"]", b"<", b">", b"&", b"/", b"=", b":",
             b"\\", b"\t", b"\x1a", b"\x0b", b"\x1c", b"\xe2\x80\xa8", b"\xc2\x85"]  # fmt: skip
    at = rng.randrange(len(content))
    return content[:at] + rng.choice(signs) + content[at + rng.randrange(2) :]


def packed(content: bytes, rng: Random) -> bytes:
    if rng.randrange(2):
        return gzip.compress(content, mtime=0)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo("lb.csv"), content)
    return held.getvalue()


def nothing_but_one_byte(_: bytes, rng: Random) -> bytes:
    return bytes([rng.randrange(256)]) * rng.choice([0, 1, 79, 80, 81, 720, 5_000])


def another_format(_: bytes, rng: Random) -> bytes:
    return rng.choice([
        b"%PDF-1.7\n%\xe2\xe3\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"PAR1PAR1",
        b"<!DOCTYPE html><html><body>Log in</body></html>", b"null", b"[]", b"{}", b'""', b"0",
        b"MZ\x90", b"\x7fELF", b"SQLite format 3\0", b"\x89PNG\r\n\x1a\n", b"#!/bin/sh\nid\n",
        b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!" + b"0" * 30 + b"  ",
    ])  # fmt: skip


DAMAGES: dict[str, Damage] = {
    d.__name__: d
    for d in (
        cut_at_a_kilobyte, cut_anywhere, cut_near_the_end, without_its_beginning, flipped_bits,
        flipped_bits_in_the_head, flipped_bits_in_the_tail, random_bytes_within, random_bytes,
        block_twice, block_gone, blocks_changed_places, block_of_nul, nul_put_in,
        filled_up_with_nul, twice_in_one_file, something_after_its_end, marked_as_utf_8,
        marked_as_utf_16, in_another_encoding, read_wrong_and_written_again, other_ends_of_lines,
        some_other_ends_of_lines, lines_in_another_order, a_line_twice, a_sign_exchanged, packed,
        nothing_but_one_byte, another_format,
    )
}  # fmt: skip
