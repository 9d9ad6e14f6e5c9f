"""A FHIR R4 server: Observation, AdverseEvent, MedicationAdministration and Patient, in pulls."""
