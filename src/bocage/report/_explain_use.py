"""The part of an explanation's page that says what the few are worth in use."""

from bocage.core import counted
from bocage.explain import ClassMaps, Explained, InUse, Piece
from bocage.report._explain_figures import map_panels
from bocage.report._explain_terms import terms_of
from bocage.report._explain_words import MOST, place
from bocage.report._format import number, seconds
from bocage.report._parts import Code, FigureBox, Section, Table, Words, name, num, table


def maps_section(maps: ClassMaps | None) -> Section:
    """Draw classes on a raster, with few dimensions and with all."""
    if maps is None or not maps.maps:
        return Section("maps", "On the ground")
    more = f" The first {MOST} of {len(maps.maps)} classes." if len(maps.maps) > MOST else ""
    text = (
        f"Each class on {counted(maps.piece.n_pixels, 'pixel')} of {maps.piece.source}: where a "
        "ridge classifier finds it with the few dimensions that are enough for it, and where with "
        "all; both learned from all labels, each class weighing as much as all others together. "
        "Above each: how many dimensions are enough for it, and how much of what either takes for "
        "the class both take."
        f"{more}"
    )
    text += nobody_knows(maps.piece)
    return Section("maps", "On the ground", (FigureBox(map_panels(maps), text),))


def nobody_knows(piece: Piece) -> str:
    """Say what keeps the maps of a piece from being judged: no label on it, another year."""
    said = "" if piece.n_labels else " No label lies among these pixels: nobody knows the truth."
    return said + (piece.other_years and f" {piece.other_years}.")


def use_section(
    found: Explained, spent: InUse | None, piece: Piece | None, command: str, more: str = ""
) -> Section:
    """State what the few save, and how they are used."""
    parts: list[Words | Table | Code] = []
    if found.together.bands:
        k, d, target = found.together.k, len(found.problem.bands), terms_of(found).target
        if spent is not None:
            parts += _savings(found, spent, piece)
        parts.append(
            Code(
                "bocage compare LABELS --input all='...' --input few=subset.yaml\n"
                "bocage sample LABELS --source RASTER --subset subset.yaml -o few.parquet",
                f"subset.yaml holds the {counted(k, 'dimension')} for {target}: {k / d:.0%} of "
                "the bytes. They were chosen with all labels: a comparison on the same labels "
                "flatters them." + (f" {more}" if more else ""),
            )
        )
    if command:
        parts.append(Code(command, "This page was made by"))
    return Section("use", "Use the few", tuple(parts))


def _savings(found: Explained, spent: InUse, piece: Piece | None) -> tuple[Words, Table]:
    """Set bytes, seconds and score of the few beside those of all."""
    k, d = found.together.k, len(found.problem.bands)
    terms = terms_of(found)
    size = piece.bytes_each if piece else 1
    told = "as stored" if piece else "of one byte a number, as AlphaEarth's files have"
    rows = [
        (f"bytes a pixel, {told}", str(k * size), str(d * size)),
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
        f"Scores {place(found)}, dimensions chosen without the labels tested. Times were measured "
        "where this page was made, best of three (reading: again from the cache, best of two); "
        "other machines take others, their ratio differs less."
    )
    made = [[name(what), num(few), num(every)] for what, few, every in rows]
    return Words(words, "quiet"), table(("", counted(k, "dimension"), f"all {d}"), made)
