"""The error of this API, with the real service's codes.

Codes marked †, here and elsewhere, are in public reports about the real API or in wrangler's code.
The others are invented, because no public report of the real ones was found.
"""

from __future__ import annotations

__all__ = ["CloudflareError"]


class CloudflareError(Exception):
    """An error response: `{success: false, errors: [{code, message}]}` with this status."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    @classmethod
    def no_credentials(cls) -> CloudflareError:
        """†"""
        return cls(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")

    @classmethod
    def malformed_credentials(cls) -> CloudflareError:
        """† The real response has the second half in an `error_chain` (6111)."""
        return cls(400, 6003, "Invalid request headers: Invalid format for Authorization header")

    @classmethod
    def invalid_token(cls) -> CloudflareError:
        """†"""
        return cls(403, 9109, "Invalid access token")

    @classmethod
    def foreign_account(cls) -> CloudflareError:
        """† The error for an account in which the token has no rights."""
        return cls(403, 10000, "Authentication error")

    @classmethod
    def unroutable(cls, path: str) -> CloudflareError:
        """†"""
        return cls(
            404, 7003, f"Could not route to {path}, perhaps your object identifier is invalid?"
        )

    @classmethod
    def unknown_operation(cls, method: str, path: str) -> CloudflareError:
        """† The code. The message is longer than the original."""
        return cls(
            404, 7000, f"No route for that URI: {method} {path} is not emulated by this local API"
        )

    @classmethod
    def no_script(cls) -> CloudflareError:
        """†"""
        return cls(404, 10007, "This Worker does not exist on your account.")

    @classmethod
    def no_service(cls) -> CloudflareError:
        """†"""
        return cls(404, 10090, "This Worker does not exist on your account.")

    @classmethod
    def invalid_upload(cls, message: str) -> CloudflareError:
        """† The code of every error in a script or its metadata."""
        return cls(400, 10021, message)

    @classmethod
    def variable_too_large(cls, name: str, size: int, limit: int) -> CloudflareError:
        """† The code and the keyword. The message is longer than the original."""
        return cls(
            400,
            10054,
            f"workers.api.error.text_binding_too_large: '{name}' has {size} bytes, at most {limit} "
            "are allowed.",
        )

    @classmethod
    def not_emulated(cls, feature: str) -> CloudflareError:
        """The error for a feature of the real API that this server does not have."""
        return cls(501, 10021, f"{feature} is not emulated by this local API")

    @classmethod
    def bad_request(cls, message: str) -> CloudflareError:
        """The error for an invalid request that is no upload."""
        return cls(400, 10001, message)
