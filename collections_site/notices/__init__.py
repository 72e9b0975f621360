"""Notices: what people are told without asking. Found in the database, told once, never with a customer's name, amount or words."""
