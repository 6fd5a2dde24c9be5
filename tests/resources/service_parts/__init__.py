"""Resources that belong to one service, for example its query endpoint."""
