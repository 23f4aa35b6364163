"""Every screen in every theme and form, in a compact form that can be read and drawn again."""
