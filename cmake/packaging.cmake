# Filled in by the packaging step.
