"""Named structural rules of keep-or-cut, one small function each, with what each of them gains."""
