"""Examples at the end of each command's help. The tests run every one of them."""

from typing import Final

from bocage.cli._help import examples

TWO_INPUTS = """\
bocage compare my_labels.gpkg --target crop --leave district \\
    --input aef='A??' --input s2='B*' \\
    --methods prior,aef:logistic,s2:forest --budgets 5,20,all --at 20 \\
    -o studies/two-inputs"""

TERRATORCH_LORA = """\
bocage terratorch studies/flood-spain s2:prithvi-tiny:lora:head=unet \\
    -o for-terratorch --budget 16"""

COMPARE: Final = examples(
    (
        "A first answer on a synthetic landscape that is part of Bocage",
        "bocage compare landscape --quick",
    ),
    (
        "Labels with Sentinel-2 bands as the input; whole districts are held out",
        "bocage compare my_labels.gpkg --target crop --leave district --input s2='B*'",
    ),
    (
        "How good is the map of one area? Folds are matched to the area (kNNDM)",
        "bocage compare my_labels.gpkg --target crop --area area.geojson",
    ),
    (
        "Two inputs, chosen methods and budgets, a verdict for 20 labels per class",
        TWO_INPUTS,
    ),
)

SPLIT: Final = examples(
    (
        "Look at the folds before anything is trained",
        "bocage split my_labels.gpkg --target crop --leave district --input s2='B*'",
    ),
)

SAMPLE: Final = examples(
    (
        "Add the AlphaEarth pixels of a file to labels",
        "bocage sample labels.gpkg --source aef.tif -o samples.parquet",
    ),
)

FIT: Final = examples(
    (
        "Save the method that the study chose, to make maps without the labels",
        "bocage fit studies/crops --source aef.tif -o crop-model",
    ),
)

MAP: Final = examples(
    (
        "Map an area with the method that a study chose",
        "bocage map studies/crops --source aef.tif --area area.geojson -o map.tif",
    ),
    (
        "Map another raster with a saved model",
        "bocage map --model crop-model --source other.tif -o other-map.tif",
    ),
)

EXPORT: Final = examples(
    (
        "A script for the code editor of Earth Engine",
        "bocage export studies/crops --to earthengine -o classify.js",
    ),
)

EXPLAIN: Final = examples(
    (
        "Which of AlphaEarth's dimensions carry which class?",
        "bocage explain my_labels.gpkg --target crop --leave district --input aef='A??'",
    ),
)

REPORT: Final = examples(
    ("Write the page again", "bocage report studies/my_labels"),
    (
        "Two studies on one page",
        "bocage report studies/my_labels studies/crops -o comparison.html",
    ),
)

OPEN: Final = examples(("Show the page of a study", "bocage open studies/my_labels"))

TERRATORCH: Final = examples(
    (
        "Export a network with LoRA and a U-Net head, and the chips of budget 16",
        TERRATORCH_LORA,
    ),
)

DEMO: Final = examples(
    ("A first answer and a map, without a download", "bocage demo --synthetic-only")
)

SHOW: Final = examples(("What is left to run?", "bocage study show studies/my_labels"))

SCHEMA: Final = examples(
    ("Write the schema where an editor finds it", "bocage study schema > study.schema.json")
)
