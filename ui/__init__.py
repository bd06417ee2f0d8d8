"""The faces: the `attest` command and the web page. No logic of their own."""
