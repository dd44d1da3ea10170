"""The part of an explanation's page that says what the few are worth in use."""

from bocage.core import counted
from bocage.dimensions import AnyExplanation, ClassMaps, InUse, Piece
from bocage.report._explain_figures import map_panels
from bocage.report._explain_terms import terms_of
from bocage.report._explain_words import MOST, place
from bocage.report._format import number, seconds
from bocage.report._parts import Code, FigureBox, HtmlTable, Paragraph, Section, name, num, table


def maps_section(maps: ClassMaps | None) -> Section:
    """Draw classes on a raster, with few dimensions and with all."""
    if maps is None or not maps.maps:
        return Section("maps", "Maps of a piece of the raster")
    more = (
        f" The first {MOST} of {len(maps.maps)} classes are shown." if len(maps.maps) > MOST else ""
    )
    text = (
        f"Each class on {counted(maps.piece.n_pixels, 'pixel')} of {maps.piece.source}: where a "
        "ridge classifier predicts it with the few dimensions that are enough for it, and where "
        "with all; both are trained on all labels, with each class weighted as much as all "
        "others together. Above each panel: how many dimensions are enough for the class, and "
        f"the intersection over union of the two predictions.{more}"
    )
    text += nobody_knows(maps.piece)
    return Section("maps", "Maps of a piece of the raster", (FigureBox(map_panels(maps), text),))


def nobody_knows(piece: Piece) -> str:
    """Say what keeps the maps of a piece from being judged: no label on it, another year."""
    said = (
        ""
        if piece.n_labels
        else " No label lies within these pixels, so the maps cannot be checked."
    )
    return said + (piece.other_years and f" {piece.other_years}.")


def use_section(
    found: AnyExplanation, spent: InUse | None, piece: Piece | None, command: str, more: str = ""
) -> Section:
    """State what the few save, and how they are used."""
    parts: list[Paragraph | HtmlTable | Code] = []
    if found.together.bands:
        k, d, target = found.together.k, len(found.problem.bands), terms_of(found).target
        if spent is not None:
            parts += _savings(found, spent, piece)
        parts.append(
            Code(
                "bocage compare LABELS --input all='...' --input few=subset.yaml\n"
                "bocage sample LABELS --source RASTER --subset subset.yaml -o few.parquet",
                f"subset.yaml holds the {counted(k, 'dimension')} for {target}: {k / d:.0%} of "
                "the bytes. They were selected with all labels, so their scores in a comparison "
                "on the same labels are optimistic." + (f" {more}" if more else ""),
            )
        )
    if command:
        parts.append(Code(command, "This page was made with"))
    return Section("use", "Use the subset", tuple(parts))


def _savings(
    found: AnyExplanation, spent: InUse, piece: Piece | None
) -> tuple[Paragraph, HtmlTable]:
    """Set bytes, seconds and score of the few beside those of all."""
    k, d = found.together.k, len(found.problem.bands)
    terms = terms_of(found)
    size = piece.bytes_each if piece else 1
    told = "as stored" if piece else "at one byte per value, as in AlphaEarth's files"
    rows = [
        (f"bytes per pixel, {told}", str(k * size), str(d * size)),
        (f"time to fit {terms.model} on all labels", *map(seconds, spent.fit)),
        ("time to predict a million samples", *map(seconds, spent.predict)),
    ]
    chosen = found.together.chosen
    if chosen is not None:
        scores = (number(chosen.found.score), number(chosen.found.full))
        rows.insert(0, (f"{terms.target}, {terms.model}: {terms.score}", *scores))
    if piece is not None:
        read = [part * 1e6 / piece.n_pixels for part in (piece.read_few, piece.read_all)]
        rows.append((f"time to read a million pixels of {piece.source}", *map(seconds, read)))
    words = (
        f"Scores {place(found)}, with dimensions selected without the test labels. Times were "
        "measured on the machine on which this page was made, best of three (reading: from a "
        "warm cache, best of two); they differ on other machines, their ratios less so."
    )
    made = [[name(what), num(few), num(every)] for what, few, every in rows]
    return Paragraph(words, "quiet"), table(("", counted(k, "dimension"), f"all {d}"), made)
