"""Why the taxonomy refuses."""

from common.errors import Conflict, Invalid, NotFound


class SegmentUnknown(NotFound):
    """No segment has this key, or the viewer may not see it."""

    code = "segment_unknown"


class VersionUnknown(NotFound):
    """The segment has no version of this number."""

    code = "version_unknown"


class ObjectiveUnknown(NotFound):
    """No objective has this key."""

    code = "objective_unknown"


class ContentInvalid(Invalid):
    """The content of a segment cannot be enacted as it stands; `errors` says where."""

    code = "content_invalid"


class RuleInvalid(Invalid):
    """The rule cannot be read; `errors` says where in the text."""

    code = "rule_invalid"


class SqlUnavailable(Invalid):
    """There is no such dialect of SQL, or it cannot say the rule exactly."""

    code = "sql_unavailable"


class StaleBase(Conflict):
    """The live version is not the one that the decision was made about."""

    code = "stale_base"


class KeyTaken(Conflict):
    """A segment with this key exists already; keys are never used twice."""

    code = "key_taken"


class SegmentRetired(Conflict):
    """The segment was retired; it can be neither changed nor retired again."""

    code = "segment_retired"


class SegmentInUse(Conflict):
    """Other segments stand on this one."""

    code = "segment_in_use"


class IllegalMove(Conflict):
    """The state graph has no such move."""

    code = "illegal_move"


class Governed(Conflict):
    """A board decides about this: it is changed by a request, never directly."""

    code = "governed"


class DefinitionUnknown(NotFound):
    """There is no such term, metric or guideline."""

    code = "definition_unknown"


class DefinitionRetired(Conflict):
    """The word was retired; it can be neither changed nor retired again."""

    code = "definition_retired"


class DefinitionInvalid(Invalid):
    """What the word shall mean cannot be enacted as it stands; `errors` says where."""

    code = "definition_invalid"


class DefinitionInUse(Conflict):
    """Fields of data sets or agreements between functions still stand on this word."""

    code = "definition_in_use"


class EquivalenceUnknown(NotFound):
    """There is no such equivalence."""

    code = "equivalence_unknown"
