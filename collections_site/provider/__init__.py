"""A real HTTP server that speaks the chat-completions protocol: recorded answers for the demo, every fault for the tests."""
