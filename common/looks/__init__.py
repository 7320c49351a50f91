"""How values look on a page: tones of states, moments, differences of words and the geometry of small figures."""
