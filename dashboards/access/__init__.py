"""Who may do what: sign-in, sessions in cookies, and what each request is allowed."""
