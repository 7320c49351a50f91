"""Markdown to safe HTML: no raw HTML, an allow-list of tags, links that cannot run code."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a", "h3", "h4", "h5", "hr", "table",
         "thead", "tbody", "tr", "th", "td", "del"}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}}
_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
# Headings of a text start below the page's own.
_SHIFT = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h5", "h5": "h5", "h6": "h5"}


def render(text: str) -> SafeString:
    """Safe HTML of a Markdown text. Images are dropped; links open nothing but http, https and mailto."""
    tokens = _parser.parse(text or "")
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _SHIFT[token.tag]
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)
