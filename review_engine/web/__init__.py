"""What both web rooms stand on: how an error becomes a status, who is asking, how large a request may be."""
