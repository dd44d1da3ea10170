"""Bocage: mapping small areas from few labels.

It answers, on your own data: do public geospatial embeddings with a simple head replace local
fine-tuning, here, with these labels?
"""

__version__ = "0.1.0"
