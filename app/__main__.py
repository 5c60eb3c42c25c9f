"""Entry of ``python3 -m app``: sets up what is missing, then hands over to ``app.cli``.

Standard library only; the work is in ``app.bootstrap``.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("Vorlauf needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])

from app.bootstrap.start import main  # noqa: E402 - newer syntax than an old Python could read

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
