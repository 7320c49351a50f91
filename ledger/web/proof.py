"""Pages of the proof: the check of the chain, the heads that left the portal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.errors import NotFound
from common.web import paginate
from ledger.policies import EntryPolicy
from ledger.selectors import deliveries_given_up, heads, last_check
from ledger.services import check_chain, deliver_heads, publish_head, retry_delivery
from ledger.services.heads import line_of
from ledger.services.signing import key_id, public_key
from ledger.transports import targets


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Recompute the whole chain now."""
    found = check_chain(actor=request.user)
    if found.holds:
        messages.success(request, f"The chain of {found.count:,} entries holds.")
    else:
        messages.error(request, f"The chain breaks at entry {found.first_bad}: {found.reason}.")
    return redirect("ledger:heads")


def heads_page(request: HttpRequest) -> HttpResponse:
    """The published heads, where they went, and what they prove and do not prove."""
    EntryPolicy().require(request.user, "read_all")
    context = {
        "page": paginate(request, heads(), 25),
        "check": last_check(),
        "targets": sorted(targets()),
        "key": public_key(),
        "key_id": key_id(),
        "given_up": deliveries_given_up()[:20],
        "why_no_retry": EntryPolicy().reason(request.user, "retry"),
    }
    return render(request, "ledger/heads.html", context)


@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Sign and publish the present head now."""
    head = publish_head(actor=request.user)
    if head is None:
        messages.info(request, "Nothing was entered since the last head; it still speaks for the whole chain.")
    else:
        deliver_heads()
        messages.success(request, f"Head {head.entry_id} was signed and published.")
    return redirect("ledger:heads")


def head_file(request: HttpRequest, head_id: int) -> HttpResponse:
    """One head as a file to keep elsewhere."""
    EntryPolicy().require(request.user, "read_all")
    head = heads().filter(pk=head_id).first()
    if head is None:
        raise NotFound("There is no such head.")
    answer = HttpResponse(line_of(head) + "\n", content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="ledger-head-{head.entry_id}.json"'
    return answer


@require_POST
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Try a head that did not arrive once more."""
    retry_delivery(actor=request.user, delivery_id=delivery_id)
    messages.success(request, "The head is sent again.")
    return redirect("ledger:heads")
