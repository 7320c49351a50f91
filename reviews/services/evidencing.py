"""Hands out evidence, and enters what was handed out."""

import hashlib
import io
import zipfile
from typing import Any

from django.db import transaction

from common import correlation
from ledger.services import announce
from reviews.events import EvidenceTaken
from reviews.selectors.evidence import evidence_pack
from reviews.selectors.requests import request_for


@transaction.atomic
def take_evidence(*, actor: Any, request_id: int) -> bytes:
    """Afterwards the ledger names the digest of the manifest that the actor was given, so that packs can be compared.

    Refuses: RequestUnknown.
    Announces: EvidenceTaken.
    """
    request = request_for(viewer=actor, request_id=request_id)
    pack = evidence_pack(viewer=actor, request_id=request_id)
    with zipfile.ZipFile(io.BytesIO(pack)) as held:
        digest = hashlib.sha256(held.read("manifest.json")).hexdigest()
    with correlation.bind(request.correlation_id):
        announce(EvidenceTaken(request_id=request.pk, revision=request.revision, manifest=digest), actor=actor)
    return pack
