"""The catalogue of translations: what the pages and the Python of the desk say, kept beside what that is in other languages."""
