"""The loyalty checkout: what a basket costs, what may be paid with points, what is earned."""
