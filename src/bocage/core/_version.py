"""The version of Bocage, which records of all rooms name."""

VERSION = "0.1.0"
