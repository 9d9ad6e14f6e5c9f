"""CSV files of a central laboratory, in the form that the study file declares."""
