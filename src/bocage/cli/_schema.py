"""`bocage study schema`: what may stand in a study's YAML file, for editors."""

import json
import sys


def schema() -> None:
    """Print the JSON schema of study.yaml, by which editors complete and check it.

    Write it to a file, and name that file in the first line of your own YAML file:
    '# yaml-language-server: $schema=study.schema.json'.
    """
    from bocage.study import settings_schema

    sys.stdout.write(json.dumps(settings_schema(), indent=2, ensure_ascii=False) + "\n")
