"""The Rasa side: channel, turns, tracker store, in-process actions, start and swap."""
