from typing import Generic, TypeVar

from django.db.models import Model
from django.http import Http404
from rest_framework.generics import GenericAPIView

from accounts.fields import parse_uuid

M = TypeVar("M", bound=Model)


class ByUuid(GenericAPIView[M], Generic[M]):
    """`pk` from the path; what is no UUID is 404 like an id that is not there, or not for this person."""

    def get_object(self) -> M:
        pk = parse_uuid(self.kwargs["pk"])
        found = self.get_queryset().filter(pk=pk).first() if pk else None
        if found is None:
            raise Http404
        return found
