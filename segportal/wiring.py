"""What lower apps ask of the apps above them: dotted names of providers, read through `common.providers`."""

# Panels of the home page. Each answers (viewer) -> list[HomePanel].
HOME_PANELS: list[str] = [
    "reviews.selectors.home_panels",
    "training.selectors.home_panels",
    "playbooks.selectors.home_panels",
    "memberships.selectors.home_panels",
    "taxonomy.selectors.home_panels",
    "aims.selectors.home_panels",
    "customers.selectors.home_panels",
    "activation.selectors.home_panels",
    "safeguards.selectors.home_panels",
    "stewardship.selectors.home_panels",
    "insights.selectors.home_panels",
]
# Hits of the search. Each answers (viewer, text, limit) -> list[SearchHit].
SEARCH: list[str] = [
    "taxonomy.selectors.search",
    "aims.selectors.search",
    "customers.selectors.search",
    "playbooks.selectors.search",
    "training.selectors.search",
    "reviews.selectors.search",
    "stewardship.selectors.search",
]
# Where is this segment used? Each answers (segment_key) -> list[Use].
SEGMENT_USES: list[str] = [
    "aims.selectors.segment_uses",
    "playbooks.selectors.segment_uses",
    "training.selectors.segment_uses",
    "reviews.selectors.segment_uses",
]
# Where is this attribute used? Each answers (attribute_key) -> list[Use].
ATTRIBUTE_USES: list[str] = ["taxonomy.selectors.attribute_uses"]
# May this person read the whole ledger? Each answers (user) -> bool.
LEDGER_READERS: list[str] = ["accounts.policies.reads_ledger", "reviews.selectors.sits_on_a_board"]
# Which facts about public things are not open to this person? Each answers (user) -> Q over the ledger's entries.
LEDGER_PRIVATE: list[str] = ["reviews.selectors.private_entries"]
# May this person operate the portal (retry, run)? Each answers (user) -> bool.
OPERATORS: list[str] = ["accounts.policies.operates"]
# How many things wait for this person? Each answers (user) -> int.
WAITING: list[str] = ["reviews.selectors.waiting_count"]
# What must always be true. Each answers () -> list of breaches in sentences.
INVARIANTS: list[str] = [
    "ledger.selectors.breaches",
    "customers.selectors.invariants.breaches",
    "taxonomy.selectors.invariants.breaches",
    "memberships.selectors.invariants.breaches",
    "memberships.services.recomputation.breaches",
    "reviews.selectors.invariants.breaches",
]
# What do real customers say about the rules in force? Each answers (families, keys) -> taxonomy's Evidence.
PROOF_EVIDENCE: list[str] = ["memberships.selectors.evidence_of_members"]
# How much of a count of customers may this person know? Answers (viewer, count) -> the count, or words.
SHOWN_COUNT: list[str] = ["memberships.selectors.shown_count"]
# Which board decides about this type everywhere? Each answers (subject_type) -> its name, or None.
GOVERNING: list[str] = ["reviews.selectors.governing_name"]
# Which functions does this person speak for in boards? Each answers (user) -> functions.
FUNCTIONS_HELD: list[str] = ["reviews.selectors.functions_held"]
# Who proposes what a board decides about? Answers (actor, subject_type, key, content, rationale) -> the request.
PROPOSING: list[str] = ["reviews.services.proposing.propose"]
# Why may this person propose nothing at all? Answers (user) -> the reason, or None.
PROPOSERS: list[str] = ["reviews.policies.never_proposes"]
# Which boards may a room of another program follow? Each answers () -> list of (key, name).
BOARDS: list[str] = ["reviews.selectors.boards.board_names"]
# What can be frozen, and who answers for it? Each answers (scope, key) -> safeguards' Target, or None.
FREEZE_TARGETS: list[str] = [
    "taxonomy.selectors.freezing.freeze_target",
    "customers.selectors.freezing.freeze_target",
]
# Who else has to hear of a freeze? Each answers (scope, path) -> ids of people.
FREEZE_WATCHERS: list[str] = ["reviews.selectors.freeze_watchers.freeze_watchers"]
# Which texts are in force, for looking up the words that they use? Each answers () -> an iterable of TextInForce.
TEXTS_IN_FORCE: list[str] = [
    "taxonomy.selectors.word_uses.own_texts_in_force",
    "playbooks.selectors.texts.texts_in_force",
    "training.selectors.texts.texts_in_force",
]
# What looks wrong and needs somebody's answer? Each answers () -> list[Alarm].
ALARMS: list[str] = [
    "memberships.selectors.alarms.alarms",
    "customers.selectors.alarms.alarms",
    "activation.selectors.alarms.alarms",
    "reviews.selectors.alarms.alarms",
    "insights.selectors.alarms.alarms",
]
# What else does this person owe (signatures, reviews)? Each answers (user) -> list of HomeItem, for the inbox.
WAITING_ITEMS: list[str] = [
    "taxonomy.selectors.equivalences.waiting_items",
    "reviews.selectors.owing.reviews_owed",
]
# What do we do for these segments, and by which channels? Each answers (viewer) -> list[Conduct] of aims.
CONDUCT: list[str] = ["playbooks.selectors.conduct"]
# Which changes were flagged as quick wins? Each answers (viewer) -> list[FlaggedWin] of aims.
QUICK_WINS: list[str] = ["reviews.selectors.flagged_wins"]
# Who sits for this function in a board? Each answers (function) -> ids of people.
SEATED_FOR: list[str] = ["reviews.selectors.seated.seated_for"]
# What came of these decisions? Each answers (viewer, request ids) -> {id: list[Came] of reviews}.
OUTCOMES: list[str] = ["insights.selectors.outcomes.outcomes_of"]
# By when is each segment to be looked at again? Each answers (keys) -> {key: date}.
REVIEW_DATES: list[str] = ["stewardship.selectors.kept.review_dates"]
