"""Places of the invented parish, where it is known whether a hedge stands."""

import numpy as np

from bocage.core import Input
from bocage.datasets import NamedTask
from bocage.sources import sample_points
from bocage.tasks import Samples
from hedge.source import Waves


def hedgerows(*, seed=7, n=300):
    """Draw places, and read the bands of the waves there."""
    waves = Waves(str(seed))
    rng = np.random.default_rng(seed)
    # North of the sea.
    row, column = rng.uniform(0, 60, n), rng.uniform(0, 128, n)
    xy = waves.grid.xy(row, column)
    values = sample_points(waves, xy, waves.grid.crs).features
    quarter = np.array(["north-west", "north-east", "south-west", "south-east"])
    return Samples(
        name="hedgerows",
        kind="classification",
        target=np.where(values[:, 0] > 0, "hedge", "field"),
        lonlat=waves.grid.lonlat(row, column),
        inputs={"waves": Input("waves", values, waves.names, "1", years=(2024,))},
        groups={"quarter": quarter[2 * (row > 30) + (column > 64)]},
        leave="quarter",
        synthetic=True,
    )


HEDGEROWS = NamedTask(
    "hedges and fields of an invented parish (no download)", hedgerows, {"seed": int, "n": int}
)
