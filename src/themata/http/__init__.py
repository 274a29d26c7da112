"""One way to speak to a server, for chats and embedders alike: requests, retries, rate limits and what refusals mean."""
