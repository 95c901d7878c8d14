"""What we know about customers, from the business's events and from WhatsApp."""
