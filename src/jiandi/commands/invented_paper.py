"""The signed authorisation of the demonstration: a one-page PDF that says on its face that everything on it is invented."""

from __future__ import annotations

from collections.abc import Sequence

_WIDTH, _HEIGHT = 595, 842  # A4 in points
_BANNER = ("演示文件:单位、姓名、签字均为虚构", "DEMONSTRATION - unit, name and signature are invented")
# Fonts every reader brings or replaces (ISO 32000-2, 9.7.5.2: predefined Adobe-GB1), so that none is embedded.
_FONTS = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>",
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
    "<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 6 0 R >>",
    "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
    "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)


def invented_paper(title: str, lines: Sequence[str]) -> bytes:
    """Return the document as a PDF; the same words give the same bytes."""
    said = [
        (20, title),
        (12, ""),
        *((12, line) for line in lines),
        (12, ""),
        *((14, line) for line in _BANNER),
    ]
    top, drawn = _HEIGHT - 90, []
    for size, line in said:
        # The Chinese font sets Latin letters as wide as characters.
        font, code = ("F2", "ascii") if line.isascii() else ("F1", "utf-16-be")
        drawn.append(f"BT /{font} {size} Tf 72 {top} Td <{line.encode(code).hex()}> Tj ET")
        top -= size + 14
    # A frame and a bar across the page: nobody takes it for a real one, printed or not.
    drawn.append(f"0.8 0 0 RG 6 w 40 40 {_WIDTH - 80} {_HEIGHT - 80} re S")
    stream = "\n".join(drawn)
    return _file(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents 8 0 R "
            "/Resources << /Font << /F1 4 0 R /F2 7 0 R >> >> >>",
            *_FONTS,
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    )


def _file(objects: Sequence[str]) -> bytes:
    """Return objects, numbered from 1, as a file with its table of places."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode("ascii")
    out += b"".join(f"{place:010} 00000 n \n".encode("ascii") for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode("ascii")
    return bytes(out)
