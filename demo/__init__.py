"""The demonstration company: real retail data of 2,469 households and the fictional grocer that works with it."""
