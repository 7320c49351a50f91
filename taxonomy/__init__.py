"""What the portal means by its segments: objectives, the segment tree, its versions and the rule language."""
