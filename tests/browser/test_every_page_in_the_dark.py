"""Every page in dark colours: no barrier for axe. Colours do not depend on the width."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import DESKTOP, Visit
from tests.browser.test_every_page import faults_of_pages

pytestmark = pytest.mark.browser


def test_every_page_is_free_of_barriers_in_the_dark(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    assert faults_of_pages(prepare, visit, "dark", (DESKTOP,)) == {}
