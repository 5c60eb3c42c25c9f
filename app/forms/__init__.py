"""The forms room: form-js definitions on one side, validated answers on the other.

A form is what the browser renders with form-js 2.0 and what the server checks once more, by the same rules
and a few stricter ones. ``definition`` holds what the other rooms use: ``load_form``, ``check_form``,
``clean_draft``.

Besides form-js' own attributes a component carries custom ``properties`` (all of them texts, as the form
editor writes them):

``example``
    A valid value that leads along the happy path. A text, date or text option as it is, everything else as
    JSON (``"160"``, ``"true"``, ``'["a"]'``). In fields with a ``valuesKey``: ``$first`` for the first
    offered entry, ``$employees`` and ``$providers`` for all of them.
``sensitivity``
    ``public``, ``case``, ``personal`` or ``special``: decides who sees the value.
``label_en``, ``description_en``, ``text_en``, ``suffix_en``, ``pattern_error_en``, ``values_en``
    English texts; ``values_en`` is a JSON object from option value to label (``{"true": "Yes"}``).
``prefill``
    A FEEL expression over the case data that gives the starting value while the case has none of its own.
``ask_again``
    ``"true"`` for a decision that is made anew each time: an earlier answer is not filled in.
``not_before``
    The key of another date of the same form; this date may not be earlier.
"""
