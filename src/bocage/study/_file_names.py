"""What the files in a study's folder are called."""

SETTINGS_FILE = "study.yaml"
SAMPLES_FILE = "samples.parquet"
AREA_FILE = "area.parquet"
RESOLVED_FILE = "resolved.yaml"
