"""What the page says of the file of errors."""

from bocage.report._content import ReportContent
from bocage.report._parts import Words


def errors_line(content: ReportContent) -> tuple[Words, ...]:
    """Say in one line where the errors are listed, and of what they are."""
    if not content.errors_file:
        return ()
    what = f"{content.shown}, {content.place}, {content.full.label}"
    if content.kind.has_classes:
        text = (
            f"Every error of {what} is a row of {content.errors_file}, beside this page; labels "
            "that are probably wrong (confident learning) come first."
        )
    else:
        text = (
            f"Every residual of {what} is a row of {content.errors_file}, beside this page, the "
            "largest first."
        )
    return (Words(text, "quiet"),)
