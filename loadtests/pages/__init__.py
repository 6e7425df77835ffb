"""How long the pages for managers take on a large database: the demo's, and a million members."""
