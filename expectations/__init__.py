"""Great Expectations suites, one module a domain, and the runner that makes findings of them."""
