"""Print the lowest versions that pyproject.toml allows, as pip's requirements.

    python tests/lowest.py > lowest.txt

What the product needs, and what its tests and its kernels do, without the other extras.
"""

import re
import tomllib
from pathlib import Path

TOOLS = ("pytest", "pytest-timeout", "pytest-xdist", "hypothesis", "psutil", "rio-cogeo")
"""Of the group `test`: torchmetrics brings torch, playwright drives a browser."""


def lowest(project: dict) -> list[str]:
    """Turn lower bounds into pins, and fail where one has no lower bound."""
    extras = project["project"]["optional-dependencies"]
    asked = (
        project["project"]["dependencies"]
        + extras["fast"]
        + [
            line
            for line in project["dependency-groups"]["test"]
            if re.split("[>=<[]", line)[0] in TOOLS
        ]
    )
    # XGBoost is another package on macOS.
    here = [line for line in asked if "== 'darwin'" not in line]
    asked = [line.partition(";")[0] for line in here]
    found = [re.fullmatch(r"([\w.-]+)>=([\w.]+)", line) for line in asked]
    lost = [line for line, match in zip(asked, found, strict=True) if match is None]
    if lost:
        raise SystemExit(f"no lower bound alone: {', '.join(lost)}; expected name>=version")
    return [f"{match[1]}=={match[2]}" for match in found]


if __name__ == "__main__":
    text = Path(__file__).parents[1].joinpath("pyproject.toml").read_text()
    print("\n".join(lowest(tomllib.loads(text))))  # noqa: T201 - that is its work
