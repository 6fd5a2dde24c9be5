"""HTTP that all endpoints share: status codes, headers, content codings, the OpenAPI spec."""
