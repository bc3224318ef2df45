from typing import Any

from rest_framework import serializers

from accounts.models import Doctor, Patient


class SignInSerializer(serializers.Serializer[Any]):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class RefreshSerializer(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=4000)


class PatientSerializer(serializers.ModelSerializer[Patient]):
    id = serializers.UUIDField(source="pk")
    name = serializers.CharField(source="full_name")
    first_name = serializers.CharField(source="user.first_name")
    last_name = serializers.CharField(source="user.last_name")
    email = serializers.CharField(source="user.email")
    record_number = serializers.CharField(source="display_id")

    class Meta:
        model = Patient
        fields = [
            "id", "name", "first_name", "last_name", "email", "record_number",
            "date_of_birth", "sex", "blood_type", "phone",
        ]  # fmt: skip


class DoctorSerializer(serializers.ModelSerializer[Doctor]):
    id = serializers.UUIDField(source="pk")
    name = serializers.CharField(source="full_display_name")
    first_name = serializers.CharField(source="user.first_name")
    last_name = serializers.CharField(source="user.last_name")

    class Meta:
        model = Doctor
        fields = ["id", "name", "first_name", "last_name", "specialization", "can_prescribe"]


class DoctorForAdministratorSerializer(DoctorSerializer):
    class Meta(DoctorSerializer.Meta):
        fields = [*DoctorSerializer.Meta.fields, "license_number"]
