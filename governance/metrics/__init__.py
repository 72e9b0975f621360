"""The registered measures: each defined once, read alike by tile, chart, table, file and list of rows."""
