"""Words that name nothing, and words that the languages of rules keep for themselves."""

from typing import Final

# As a whole name, in any case.
EMPTY_WORDS: Final = frozenset({
    "all", "any", "asdf", "bar", "baz", "default", "empty", "example", "false",
    "foo", "misc", "miscellaneous", "n a", "na", "new", "none", "null", "other", "others",
    "placeholder", "tbc", "tbd", "temp", "temporary", "test", "testing", "tests", "tmp", "todo", "true", "undefined",
    "unknown", "unnamed", "untitled", "various", "xxx",
})  # fmt: skip
# Within a name: what it says is still to come.
UNFINISHED_WORDS: Final = frozenset({"tbc", "tbd", "temp", "tmp", "todo", "wip", "xxx"})
KEYWORDS: Final = frozenset({
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "between", "both", "by", "case",
    "cast", "check", "collate", "column", "constraint", "create", "current_date", "current_time", "current_timestamp",
    "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end", "escape", "except", "exists",
    "false", "fetch", "for", "foreign", "from", "grant", "group", "having", "in", "in_segment", "initially",
    "intersect", "interval", "into", "is", "join", "lateral", "leading", "like", "limit", "localtime",
    "localtimestamp", "not", "null", "offset", "on", "only", "or", "order", "placing", "primary", "references",
    "returning", "select", "session_user", "some", "symmetric", "table", "then", "to", "trailing", "true", "union",
    "unique", "user", "using", "variadic", "when", "where", "window", "with",
})  # fmt: skip
