"""The dashboard: Dash pages that read through safety.store."""
