"""How Sphinx builds the site; `make docs` runs it by docs/_site/build.py."""

from importlib.metadata import version as release_of

project = "Bocage"
author = "The Bocage developers"
release = version = release_of("bocage")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
]
exclude_patterns = ["_site"]

# Text of a docstring in single backquotes is code, as in the rest of the house.
default_role = "code"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

myst_heading_anchors = 4

# Quotes and hyphens of commands are typed as they stand.
smartquotes = False

html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = "Bocage"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["_site/static"]
html_css_files = ["bocage.css"]
html_theme_options = {
    # Systems' own fonts: nothing is fetched.
    "light_css_variables": {
        "color-brand-primary": "#0b6e4f",
        "color-brand-content": "#0b6e4f",
    },
    "dark_css_variables": {
        "color-brand-primary": "#6fcf97",
        "color-brand-content": "#6fcf97",
    },
}
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
