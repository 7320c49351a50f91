"""Words at work: which are used where, what is said instead, which compete."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taxonomy import policies
from taxonomy.selectors import conflicts as competing
from taxonomy.selectors import words_in_use as report
from taxonomy.selectors.word_uses import url_of


def words_in_use(request: HttpRequest) -> HttpResponse:
    """The report of words in all texts that are in force."""
    policies.definitions.require(request.user, "view")
    return render(request, "taxonomy/glossary/words.html", {"report": report.words_in_use(), "tab": "words"})


def conflicts(request: HttpRequest) -> HttpResponse:
    """Pairs of words that compete, each with what would settle it."""
    policies.definitions.require(request.user, "view")
    rows = [
        (found, url_of(found.left.type, found.left.key), url_of(found.right.type, found.right.key))
        for found in competing.conflicts()
    ]
    return render(request, "taxonomy/glossary/conflicts.html", {"rows": rows, "tab": "conflicts"})
