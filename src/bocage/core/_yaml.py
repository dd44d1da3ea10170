"""YAML as plain values: nothing is built or run from it, and no key stands twice."""

from typing import Any

import yaml


class _OnceLoader(yaml.SafeLoader):
    """Reads plain values; a key that stands twice is an error, where YAML takes the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = []
        for child, _ in node.value:
            # What '<<' merges in may be overridden: that is what it is for.
            if child.tag != "tag:yaml.org,2002:merge":
                key = self.construct_object(child, deep=True)
                if key in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key!r} occurs twice", child.start_mark
                    )
                seen.append(key)
        return super().construct_mapping(node, deep)


def parse_yaml(text: str) -> Any:
    """Read one YAML document; whatever is wrong with it is a YAMLError."""
    loader = _OnceLoader(text)
    try:
        return loader.get_single_data()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # PyYAML lets these through for a date such as 2020-99-99 or a tag that does not fit.
        raise yaml.YAMLError(f"a value does not fit its type: {error}") from error
    except RecursionError as error:
        raise yaml.YAMLError("nested too deeply") from error
    finally:
        loader.dispose()
