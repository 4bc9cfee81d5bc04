"""Where people label: the folder of assets, what to do next, sheets, and builds."""
