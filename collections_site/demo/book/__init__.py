"""The invented book: three portfolios, about sixty customers, each built to show something."""
