"""Faults of the catalogue, planted in rows and files with a record of what is right.

Order: `plant.plant_rows`, then the plan of files, `plant.plant_files`, `plant.as_delivered`,
then the arrivals of versions and `plant.with_corrections`.
"""
