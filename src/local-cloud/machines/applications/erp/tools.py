"""Settings, where Odoo has them."""
config = {}
