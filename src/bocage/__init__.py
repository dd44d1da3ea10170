"""Bocage: mapping small areas from few labels.

It answers, on your own data: do public geospatial embeddings with a simple head replace local
fine-tuning, here, with these labels?
"""

from bocage.core import keep_offline

__version__ = "0.1.0"

keep_offline()
