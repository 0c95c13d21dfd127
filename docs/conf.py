"""The site: built by docs/build.py, from a copy of this folder with the generated pages beside it."""

import tassei

project = "Tassei"
copyright = "The Tassei founders"
version = release = tassei.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
source_suffix = {".md": "myst-nb", ".rst": "restructuredtext", ".ipynb": "myst-nb"}
root_doc = "index"
exclude_patterns = ["notebooks/exports"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4

nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True
# pages load nothing from elsewhere: of a widget they show its picture or text
nb_ipywidgets_js = {}
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]

autodoc_typehints = "none"  # the docstrings say what things are
autodoc_member_order = "bysource"
autosummary_generate = False
napoleon_google_docstring = False
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_use_ivar = True

nitpicky = True
nitpick_ignore_regex = [
    ("py:class", r"(?!tassei).*"),  # types of other packages, and types said in words
]

html_theme = "furo"
html_title = "Tassei"
html_static_path = ["static"]
html_css_files = ["tassei.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"sidebar_hide_name": False, "top_of_page_buttons": []}


def _language(app, pagename, templatename, context, doctree):
    if pagename.endswith("-ja"):
        context["language"] = "ja"  # for screen readers, fonts and line breaks


def _by_last_name(app, env, node, contnode):
    """A docstring may name what stands in another module of the package by its last name."""
    target = node.get("reftarget", "")
    domain = env.domains.python_domain
    found = [n for n in domain.objects if n.startswith("tassei.") and n.endswith(f".{target}")]
    if node.get("refdomain") != "py" or len(found) != 1:
        return None
    return domain.resolve_xref(
        env, node["refdoc"], app.builder, node["reftype"], found[0], node, contnode
    )


def setup(app):
    app.connect("html-page-context", _language)
    app.connect("missing-reference", _by_last_name)
