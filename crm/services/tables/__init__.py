"""The plain table: one CSV file of another program, read as a mapping says (docs/import-table.md).

nodes -> mapping -> sources (what a cell means) -> sheet (rows of the file) -> rows -> importing.
"""
