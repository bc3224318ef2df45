from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response


class ResultPages(PageNumberPagination):
    """`{"results": [...], "next": url or null}`; `?page_size=` up to 200."""

    page_size_query_param = "page_size"
    max_page_size = 200

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.get_next_link()})
