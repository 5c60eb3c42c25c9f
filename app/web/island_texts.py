"""Texts of the scripts: the task form's own and those of form-js, in the reader's language."""

from __future__ import annotations

from typing import Any

from app.platform.i18n import _, _l

FORM_JS = (
    # The message ids are form-js' own templates; {value} and the like are filled in by form-js.
    _l("Field is required."),
    _l("Field must have minimum value of {value}."),
    _l("Field must have maximum value of {value}."),
    _l("Field must have minimum length of {value}."),
    _l("Field must have maximum length of {value}."),
    _l("Field must match pattern {value}."),
    _l("Field must be a valid international phone number. (e.g. +4930664040900)"),
    _l("Field must be a valid email."),
    _l("Value is not a number."),
    _l("Value is expected to be an integer."),
    _l("Value is expected to have at most 1 decimal digit."),
    _l("Value is expected to have at most {value} decimal digits."),
    _l("Please select a valid value, the two nearest valid values are {previousValue} and {nextValue}."),
    _l("Date and time must both be entered."),
    _l("Increment"),
    _l("Decrement"),
    _l("Skip to search"),
    _l("Remove tag"),
    _l("Search"),
    _l("No results"),
    _l("All values selected"),
    _l("Nothing to show."),
    _l("{page} of {total}"),
    _l("Previous page"),
    _l("Next page"),
    _l("Click to sort by {value} descending"),
    _l("Click to sort by {value} ascending"),
    _l("Click to remove sorting"),
    _l("Add new"),
    _l("Expand all ({value})"),
    _l("Collapse"),
)


def task_texts() -> dict[str, Any]:
    """Texts of ``frontend/src/form.js``; ``form`` maps form-js' templates."""
    return {
        "form": {_english(text): str(text) for text in FORM_JS},
        "not_a_date": _("“{value}” is not a date. Please enter it as in 30.11.2026."),
        "placeholders": {"date": _("DD.MM.YYYY"), "search": _("Search"), "select": _("Please choose")},
        "draft_saved": _("Draft saved at {time}"),
        "draft_local": _("The draft could not be saved on the server. Your entries are kept in this tab."),
        "restored": _("Entries that had not been saved yet have been restored."),
        "sending": _("Sending …"),
        "submit": _("Complete task"),
        "summary_one": _("There is one entry to look at again"),
        "summary_many": _("There are {count} entries to look at again"),
        "nothing_lost": _("Your entries are still here; nothing has been lost."),
        "offline": _("The server cannot be reached. Please check your connection and try again."),
        "signed_out": _("Your session has ended. Please sign in in a new tab, then send again."),
        "sign_in": _("Sign in in a new tab"),
        "reload": _("Load the page again"),
        "failed": _("This did not work. Please try again in a moment."),
        "form_broken": _("The form could not be shown. Please load the page again."),
    }


def _english(text: Any) -> str:
    """The message id of a lazy text."""
    message_id: str = text._args[0]
    return message_id


def diagram_texts() -> dict[str, str]:
    """Texts of ``frontend/src/diagram.js``."""
    return {
        "failed": _("The diagram could not be loaded. The path stands below in words."),
        "active": _("active"),
        "done": _("done"),
        "times": _("{count} times"),
        "canvas": _("Diagram: {name}. Arrow keys move it, plus and minus change its size."),
    }
