"""The roof of the house: settings, the composition root, and the wiring. Nothing below imports it."""

import warnings

# eventlet announces its retirement at each import; the async mode is a setting (docs/decisions).
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
