"""The pages of the measures: one registered number behind each tile, chart, table, file and list of rows."""
