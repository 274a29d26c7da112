"""Chats: prompts to answers."""
