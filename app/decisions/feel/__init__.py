"""FEEL, the one expression language of the house: conditions, due dates, form rules and decision tables."""

from app.decisions.feel.api import Expression, UnaryTests, compile_expression, compile_unary_tests
from app.decisions.feel.errors import FeelError, FeelSyntaxError
from app.decisions.feel.literals import from_feel
from app.decisions.feel.values import YearsMonths, to_feel

__all__ = [
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "UnaryTests",
    "YearsMonths",
    "compile_expression",
    "compile_unary_tests",
    "from_feel",
    "to_feel",
]
