"""Understanding what customers write: components for Rasa's pipeline, trained in seconds."""
