"""Who signs in to the demo; light to import, so that a demo that is ready starts at once."""

from __future__ import annotations

from collections.abc import Sequence

PASSWORD = "demo"  # noqa: S105 - the demo's published password

USERS: Sequence[tuple[str, str, str, str]] = (
    # login, name, organisation, role
    ("coordinator", "Katrin Vogelsang", "alliance", "coordinator"),
    ("hr", "Petra Lindenlaub", "ruhla", "hr"),
    ("works-council", "Uwe Harnisch", "ruhla", "works_council"),
    ("employee", "Erika Sommerfeld", "ruhla", "employee"),
    ("hr2", "Bernd Kaltofen", "ilm", "hr"),
    ("hr3", "Doreen Grimm", "suhl", "hr"),
    ("hr4", "Falk Seyfarth", "sonne", "hr"),
    ("works-council3", "Heike Roßbach", "suhl", "works_council"),
    ("hr5", "Gerd Ansorge", "werra", "hr"),
    ("works-council5", "Silke Trautvetter", "werra", "works_council"),
    ("hr6", "Maren Eichhorn", "hain", "hr"),
    ("hr7", "Kai Schlothauer", "data", "hr"),
    ("works-council7", "Birgit Unrein", "data", "works_council"),
    ("funding-adviser", "Miriam Albrecht", "alliance", "funding_adviser"),
    ("funding-adviser2", "Tobias Reichelt", "alliance", "funding_adviser"),
    ("provider", "Anke Zitzmann", "bildungswerk", "provider"),
    ("provider2", "Holger Stieler", "lernfabrik", "provider"),
    ("provider3", "Nadja Pfeufer", "campus", "provider"),
    ("cluster-partner", "Frank Oberländer", "itnet", "cluster_partner"),
    ("auditor", "Dr. Ines Hartung", "alliance", "auditor"),
    ("admin", "Lars Weidner", "alliance", "admin"),
)

LOGINS = tuple(
    row[0] for row in USERS if not row[0][-1:].isdigit() or row[0] in ("hr2", "funding-adviser2", "provider2")
)
"""The logins that the demo prints; the others keep the remaining organisations able to act."""
