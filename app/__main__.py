"""Entry of ``python3 -m app``: sets up what is missing, then hands over to ``app.cli``.

Standard library only; the work is in ``app.bootstrap``. This file stays readable for an old Python, so
that it can say what it needs.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may have an older one
    sys.exit("Vorlauf needs Python 3.11 or newer; this is Python " + sys.version.split()[0])

from app.bootstrap.start import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
