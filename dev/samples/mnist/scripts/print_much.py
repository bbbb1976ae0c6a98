"""Prints 100 MB in numbered lines of 100 bytes."""
import sys

for number in range(1_000_000):
    sys.stdout.write(f"{number:09d} ".ljust(99, ".") + "\n")
