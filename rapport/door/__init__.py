"""The web's side of the service: routes that know no Rasa, and a process that serves them alone."""
