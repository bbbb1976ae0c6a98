#!/usr/bin/env python3
"""Draws docs/pictures/NAME.svg from the lines of NAME.txt; way.txt says how a line is written.

    docs/pictures/draw.py [NAME ...]          writes the pictures; all of them without a name
    docs/pictures/draw.py --print NAME        prints one; tests/tidy compares it with the committed file

The picture has to look the same wherever Markdown is shown: as an <img> it may load nothing, run nothing and
knows no colour scheme. So it brings its own background, names fonts that every system has something for, uses
no style sheet, and its boxes are wide enough for the widest of those fonts.
"""
import pathlib
import sys
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).resolve().parent
FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
WIDTH, MARGIN = 960, 20
ENGINE_LEFT, ENGINE_WIDTH = MARGIN, 130
STEP_LEFT, STEP_WIDTH = 210, 430
RECORD_LEFT, RECORD_WIDTH = 690, WIDTH - MARGIN - 690
HEAD_HEIGHT, ROW_HEIGHT, BOX_HEIGHT = 84, 46, 32

INK, QUIET, PAPER, FRAME = "#1f2933", "#52606d", "#ffffff", "#cbd2d9"
ENGINE_FILL, STEP_FILL, POD_FILL, RECORD_FILL = "#f0f2f4", "#e3eefb", "#fdf1dc", "#e6f4ea"
STEP_LINE, POD_LINE, RECORD_LINE = "#2f6fb0", "#b7791f", "#3d8b57"


class Row:
    """One line of the text: ENGINE ARROW | STEP | WHAT | RECORD."""

    def __init__(self, line):
        engine, step, self.what, self.record = (part.strip() for part in line.split("|"))
        self.gives, self.takes = engine.endswith("->"), "<-" in engine
        self.engine = engine.strip("<-> ")
        self.in_pod = step.endswith("*")
        self.step = step.removesuffix("*")


def read(text):
    title, columns, rows = "", [], []
    for line in text.splitlines():
        if line.startswith("title:"):
            title = line.removeprefix("title:").strip()
        elif line.startswith("columns:"):
            columns = [part.strip() for part in line.removeprefix("columns:").split("|")]
        elif line.strip() and not line.startswith("#"):
            rows.append(Row(line))
    return title, columns, rows


def words(x, y, text, size=13, colour=INK, weight="normal", anchor="start"):
    return (f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" font-weight="{weight}" '
            f'text-anchor="{anchor}">{escape(text)}</text>')


def box(x, y, width, fill, line, height=BOX_HEIGHT):
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5" fill="{fill}" stroke="{line}"/>'


def arrow(start, end, y, colour):
    back = -7 if end > start else 7
    return (f'<path d="M{start} {y}H{end}M{end + back} {y - 4}L{end} {y}L{end + back} {y + 4}" fill="none" '
            f'stroke="{colour}" stroke-width="1.5"/>')


def down(x, y, colour):
    end = y + ROW_HEIGHT - BOX_HEIGHT
    return (f'<path d="M{x} {y}V{end}M{x - 4} {end - 6}L{x} {end}L{x + 4} {end - 6}" fill="none" '
            f'stroke="{colour}" stroke-width="1.5"/>')


def draw_row(row, top, last):
    middle, baseline = top + BOX_HEIGHT // 2, top + 21
    fill, line = (POD_FILL, POD_LINE) if row.in_pod else (STEP_FILL, STEP_LINE)
    if row.engine:
        left, right = ENGINE_LEFT + ENGINE_WIDTH, STEP_LEFT
        yield box(ENGINE_LEFT, top, ENGINE_WIDTH, ENGINE_FILL, FRAME)
        yield words(ENGINE_LEFT + ENGINE_WIDTH // 2, baseline, row.engine, anchor="middle")
        if row.gives:
            yield arrow(left + 2, right - 2, middle, QUIET)
        if row.takes:
            yield arrow(right - 2, left + 2, middle, QUIET)
    yield box(STEP_LEFT, top, STEP_WIDTH, fill, line)
    yield words(STEP_LEFT + 12, baseline, row.step, 14, weight="bold")
    yield words(STEP_LEFT + 92, baseline, row.what)
    if row.record:
        yield arrow(STEP_LEFT + STEP_WIDTH + 2, RECORD_LEFT - 2, middle, RECORD_LINE)
        yield box(RECORD_LEFT, top, RECORD_WIDTH, RECORD_FILL, RECORD_LINE)
        yield words(RECORD_LEFT + 12, baseline, row.record, 12)
    if not last:
        yield down(STEP_LEFT + 40, top + BOX_HEIGHT, STEP_LINE)


def draw_pod(rows):
    """A dashed frame around the steps that run in the user's pod."""
    inside = [number for number, row in enumerate(rows) if row.in_pod]
    if inside:
        top = HEAD_HEIGHT + inside[0] * ROW_HEIGHT - 6
        height = (inside[-1] - inside[0]) * ROW_HEIGHT + BOX_HEIGHT + 12
        yield (f'<rect x="{STEP_LEFT - 10}" y="{top}" width="{STEP_WIDTH + 20}" height="{height}" rx="8" fill="none" '
               f'stroke="{POD_LINE}" stroke-dasharray="5 4"/>')
        yield words(STEP_LEFT + STEP_WIDTH - 10, top + 27, "in the pod", 12, POD_LINE, anchor="end")


def draw(text):
    title, columns, rows = read(text)
    height = HEAD_HEIGHT + len(rows) * ROW_HEIGHT + MARGIN - (ROW_HEIGHT - BOX_HEIGHT)
    said = ". ".join(f"{row.step}: {row.what}" for row in rows)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'viewBox="0 0 {WIDTH} {height}" role="img" font-family="{FONT}">',
             f"<title>{escape(title)}</title>", f"<desc>{escape(said)}</desc>",
             f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8" fill="{PAPER}" '
             f'stroke="{FRAME}"/>',
             words(MARGIN, 34, title, 18, weight="bold")]
    for left, name in zip((ENGINE_LEFT, STEP_LEFT, RECORD_LEFT), columns):
        lines.append(words(left, 66, name, 13, QUIET))
    for number, row in enumerate(rows):
        lines += draw_row(row, HEAD_HEIGHT + number * ROW_HEIGHT, number == len(rows) - 1)
    lines += draw_pod(rows)
    return "\n".join([*lines, "</svg>", ""])


def main():
    names = sys.argv[1:]
    if names[:1] == ["--print"]:
        sys.stdout.write(draw((HERE / f"{names[1]}.txt").read_text()))
        return
    for name in names or sorted(path.stem for path in HERE.glob("*.txt")):
        (HERE / f"{name}.svg").write_text(draw((HERE / f"{name}.txt").read_text()))


if __name__ == "__main__":
    main()
