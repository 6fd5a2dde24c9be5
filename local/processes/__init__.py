"""What both local clouds share as processes: server, child processes, files, certificates."""
