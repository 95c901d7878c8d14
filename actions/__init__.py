"""One file per skill: what was said goes in, one question to the customer's history, a reply comes out."""
