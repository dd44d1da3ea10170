"""Methods as other programs express them: TerraTorch."""

from bocage.methods.exports._config import terratorch_config
from bocage.methods.exports._feed import feed_of
from bocage.methods.exports._folder import write_terratorch
from bocage.methods.exports._training import NetworkTraining, training_of

__all__ = [
    "NetworkTraining",
    "feed_of",
    "terratorch_config",
    "training_of",
    "write_terratorch",
]
