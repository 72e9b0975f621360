"""Practice: ten prepared cases, half with a planted fault. No follow-up, no account, no recipient: nothing of it can reach a customer or a measure."""
