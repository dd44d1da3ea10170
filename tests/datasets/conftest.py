"""Small synthetic label tables, and ways to write them."""

from tests.data.fields import aef, fields, make, raw_aef, write

__all__ = ["aef", "fields", "make", "raw_aef", "write"]
