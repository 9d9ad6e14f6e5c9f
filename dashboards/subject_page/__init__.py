"""Parts of the page of one subject."""
