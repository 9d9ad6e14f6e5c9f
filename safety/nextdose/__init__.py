"""The next dose from live data: subjects of a snapshot, asked of the study's designs."""
