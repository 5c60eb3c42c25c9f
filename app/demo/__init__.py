"""The demo alliance: invented organisations and people, and cases made by really walking the process."""
