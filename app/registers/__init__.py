"""The master data a case copies from: companies, employees, providers and their certificates."""
