"""Bars as SVG, without a library."""

from html import escape

BAR, GAP, LEFT, WIDTH = 22, 10, 150, 720


def bars(title: str, unit: str, values: dict[str, float]) -> str:
    """Horizontal bars, in the order given; the scale starts at 0. Legible on light and dark pages."""
    scale = (WIDTH - LEFT - 90) / max(values.values())
    height = 40 + len(values) * (BAR + GAP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13" fill="#777">',
        f'<text x="0" y="18" font-weight="bold">{escape(title)}</text>',
    ]
    for row, (name, value) in enumerate(values.items()):
        y = 34 + row * (BAR + GAP)
        colour = "#2f7ed8" if name.startswith("cairn") else "#b0b0b0"
        lines += [
            f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{value * scale:.1f}" height="{BAR}" fill="{colour}"/>',
            f'<text x="{LEFT + value * scale + 6:.1f}" y="{y + 16}">{value:.2f} {escape(unit)}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"
