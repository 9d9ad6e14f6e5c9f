"""The parts of the page "Alerts": the inbox, one alert, reports that are owed, how it is going."""
