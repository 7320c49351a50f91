"""Tables of the data storey."""

from customers.models.attribute import Attribute
from customers.models.build import ProfileBuild
from customers.models.customer import Customer
from customers.models.event import Event, EventExtract, EventProblem, Link, ReceivedMessage
from customers.models.importing import ImportJob, QuarantinedRow
from customers.models.month_end import MonthEnd
from customers.models.source import Source, SourceLoad

__all__ = [
    "Attribute",
    "Customer",
    "Event",
    "EventExtract",
    "EventProblem",
    "ImportJob",
    "Link",
    "MonthEnd",
    "ProfileBuild",
    "QuarantinedRow",
    "ReceivedMessage",
    "Source",
    "SourceLoad",
]
