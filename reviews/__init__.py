"""Consent: boards, change requests, votes, and the one door through which an approved change takes effect."""
