"""Right answers, as differently as students write them: for each lab a package with `ALTERNATIVES`, `USES_KERAS`."""
