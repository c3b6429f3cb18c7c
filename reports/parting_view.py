"""Shows on a terminal where two runs part."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.console_text import clean_text
from reports.difference import causes_text
from reports.parting import FieldPair, Parting, Place

FIELDS_SHOWN = 20
_LIMIT_CHARACTERS = 600


def render_parting(parting: Parting, names: tuple[str, str]) -> RenderableType:
    """Render what two runs share and where they part.

    Args:
        parting: Where they part.
        names: What the two are called.
    """
    parts: list[RenderableType] = []
    if parting.settings:
        parts += [_heading("Settings that differ"), _pairs(parting.settings, names)]
    shared = f"The first {parting.same} messages are the same."
    if parting.is_same:
        parts.append(_heading(f"All {parting.same} messages are the same."))
        return Group(*parts)
    parts.append(_heading(shared))
    for name, place in zip(names, (parting.one, parting.other), strict=True):
        parts.append(Text(clean_text(_place_text(name, place), _LIMIT_CHARACTERS)))
    if parting.fields:
        parts += [_heading("Fields that differ"), _pairs(parting.fields, names)]
    return Group(*parts)


def _heading(text: str) -> Text:
    return Text(text, style="bold")


def _place_text(name: str, place: Place | None) -> str:
    if place is None:
        return f"  {name} says nothing more"
    loop = f", {place.loop}" if place.loop else ""
    said = f"  {name} goes on with event {place.seq}: {place.kind} ({place.src}{loop})"
    return said + (f", because of {causes_text(place.causes)}" if place.causes else "")


def _pairs(pairs: tuple[FieldPair, ...], names: tuple[str, str]) -> Table:
    table = Table("field", *names, box=None, padding=(0, 2), header_style="dim")
    for pair in pairs[:FIELDS_SHOWN]:
        cells = (pair.field, pair.one or "-", pair.other or "-")
        table.add_row(*(Text(clean_text(cell, _LIMIT_CHARACTERS)) for cell in cells))
    if len(pairs) > FIELDS_SHOWN:
        table.add_row(Text(f"and {len(pairs) - FIELDS_SHOWN} more"))
    return table
