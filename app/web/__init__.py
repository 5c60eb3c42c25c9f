"""The pages: layout, templates and the views that show what the rooms below can do."""
