"""One module a page. Each layout is a function, so that no data stand in a static layout."""
