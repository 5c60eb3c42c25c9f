"""Files in and out of the registers: CSV and XLSX of people we know, and of people who wish us ill."""
