#!/usr/bin/env python3
"""Writes the samples' dataset: digits of 28 x 28 pixels in the arrays and names of MNIST.

    make_dataset.py OUTPUT.npz

A stand-in that is made, not downloaded: seven-row glyphs, enlarged, shifted, dimmed and strewn
with noise. Only the standard library is used and nothing is compressed, so the bytes, and with
them the digest that Experiments name, are the same on every machine.
"""
import random
import struct
import sys
import zipfile

IMAGES_TRAIN = 1600
IMAGES_TEST = 400
SIDE_PIXELS = 28
SCALE_PIXELS = 3
SEED = 20130731

GLYPHS = [
    "01110 10001 10011 10101 11001 10001 01110",
    "00100 01100 00100 00100 00100 00100 01110",
    "01110 10001 00001 00010 00100 01000 11111",
    "11111 00010 00100 00010 00001 10001 01110",
    "00010 00110 01010 10010 11111 00010 00010",
    "11111 10000 11110 00001 00001 10001 01110",
    "00110 01000 10000 11110 10001 10001 01110",
    "11111 00001 00010 00100 01000 01000 01000",
    "01110 10001 10001 01110 10001 10001 01110",
    "01110 10001 10001 01111 00001 00010 01100",
]


def digit_image(digit, source):
    pixels = bytearray(source.randrange(32) for _ in range(SIDE_PIXELS * SIDE_PIXELS))
    rows = GLYPHS[digit].split()
    left = source.randrange(1 + SIDE_PIXELS - SCALE_PIXELS * len(rows[0]))
    top = source.randrange(1 + SIDE_PIXELS - SCALE_PIXELS * len(rows))
    ink = source.randrange(120, 256)
    for y in range(SCALE_PIXELS * len(rows)):
        for x in range(SCALE_PIXELS * len(rows[0])):
            if rows[y // SCALE_PIXELS][x // SCALE_PIXELS] == "1" and source.random() > 0.15:
                pixels[(top + y) * SIDE_PIXELS + left + x] = ink
    return bytes(pixels)


def labelled_images(count, source):
    labels = bytes(source.randrange(10) for _ in range(count))
    return b"".join(digit_image(label, source) for label in labels), labels


def npy(shape, data):
    """One array of bytes in NumPy's file format 1.0: its header ends at a multiple of 64."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}"
    padding = -(10 + len(header) + 1) % 64
    text = (header + " " * padding + "\n").encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = random.Random(SEED)
    with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_STORED) as archive:
        for name, count in (("train", IMAGES_TRAIN), ("test", IMAGES_TEST)):
            images, labels = labelled_images(count, source)
            for array, shape, data in (
                ("x", (count, SIDE_PIXELS, SIDE_PIXELS), images),
                ("y", (count,), labels),
            ):
                archive.writestr(zipfile.ZipInfo(f"{array}_{name}.npy"), npy(shape, data))


main()
