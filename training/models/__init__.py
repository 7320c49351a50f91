"""Tables of training."""

from training.models.brief import Brief, BriefReview, BriefVersion
from training.models.progress import Progress

__all__ = ["Brief", "BriefReview", "BriefVersion", "Progress"]
