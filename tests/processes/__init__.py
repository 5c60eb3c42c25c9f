"""Checks of the process files themselves: diagrams, forms and decisions as a modeler opens them."""
