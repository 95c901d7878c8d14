"""Rapport: high-value conversations with customers over WhatsApp."""
