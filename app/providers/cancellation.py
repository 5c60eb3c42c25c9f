"""The automatic step after a provider has cancelled the course it was chosen for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.delegates import DelegateCall, DelegateFailed, delegate
from app.platform.clock import local_date
from app.providers.reading import why_it_does_not_count

NOT_DECIDED = (
    *("chosen_provider", "chosen_provider_name", "provider_choice", "certificate_covers_run", "seat_contract"),
    *("application_date", "decision", "after_refusal", "late_application", "cancellation_reason"),
)
"""What the choice has led to and has to be decided anew for the next provider."""


class NobodyChosen(DelegateFailed):
    """There is no chosen provider that could have cancelled."""


@delegate("providers.dismiss")
def dismiss(call: DelegateCall) -> Mapping[str, Any]:
    """Undo the choice: the provider and why it cancelled go to the end of ``dismissed_providers``, its quote out of
    ``quotes``; ``quotes_left`` says whether one is left that counts.

    An application that was made is kept in ``earlier_applications``; ``amends_application`` says that there is one.
    Raises NobodyChosen.
    """
    provider = call.variables.get("chosen_provider")
    if not provider:
        raise NobodyChosen("chosen_provider")
    quotes = [quote for quote in call.variables.get("quotes") or [] if quote["id"] != provider]
    made = [*(call.variables.get("earlier_applications") or []), *_application(call.variables)]
    return {
        **dict.fromkeys(NOT_DECIDED),
        "dismissed_providers": [*(call.variables.get("dismissed_providers") or []), _dismissed(call, provider)],
        "quotes": quotes,
        "quotes_left": any(why_it_does_not_count(quote) is None for quote in quotes),
        "earlier_applications": made,
        "amends_application": bool(made),
    }


def _dismissed(call: DelegateCall, provider: str) -> dict[str, Any]:
    told = ("cancellation_cause", "cancellation_reason", "cancellation_notified_on")
    return {
        "organisation": provider,
        "name": call.variables.get("chosen_provider_name"),
        "dismissed_on": local_date(call.now).isoformat(),
        **{name: call.variables.get(name) for name in told},
    }


def _application(variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The application made for the course that is cancelled, if one was."""
    if not variables.get("application_date"):
        return []
    kept = ("application_date", "funding_path", "file_number", "decision", "served_on")
    return [{name: variables.get(name) for name in kept}]
