"""The ways out: a file, mail, webhooks, chats. A row of the outbox names its channel."""
