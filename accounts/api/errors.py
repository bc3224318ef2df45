from rest_framework import status
from rest_framework.exceptions import APIException


class BadCredentials(APIException):
    """401 without a hint as to which half was wrong."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "E-mail and password do not belong together, or the account is not active."
    default_code = "bad_credentials"


class BadToken(APIException):
    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "This refresh token is expired, used or not ours. Sign in again."
    default_code = "bad_token"
