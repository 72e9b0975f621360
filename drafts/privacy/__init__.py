"""Erasing a person, keeping what the law holds, and throwing away what is past its time."""

from drafts.privacy.erasing import Kept, erase, reapply
from drafts.privacy.preserving import kept_by, preserve, release

__all__ = ["Kept", "erase", "kept_by", "preserve", "reapply", "release"]
