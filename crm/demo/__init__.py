"""Demo data of the project's own making: every company and every person in it is invented."""
