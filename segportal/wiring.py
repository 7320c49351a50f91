"""What lower apps ask of the apps above them: dotted names of providers, read through `common.providers`."""

HOME_PANELS: list[str] = []
SEARCH: list[str] = []
SEGMENT_USES: list[str] = []
ATTRIBUTE_USES: list[str] = []
# May this person read the whole ledger? Each answers (user) -> bool.
LEDGER_READERS: list[str] = ["accounts.policies.reads_ledger"]
# May this person operate the portal (retry, run)? Each answers (user) -> bool.
OPERATORS: list[str] = ["accounts.policies.operates"]
# How many things wait for this person? Each answers (user) -> int.
WAITING: list[str] = []
