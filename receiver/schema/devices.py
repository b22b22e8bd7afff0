"""The tables in which devices are counted, which a snapshot tells of and no report."""

from collections.abc import Sequence
from typing import Final

# Of the table `reported`: who has it shares devices, and its row is no report.
SHARED: Final = "devices"

# By the integrations that devices are reached by: how Home Assistant classes these, and whether
# that is local, needs a cloud, or is another way.
REACHES: Final = "device_reaches"
REACH_MANY: Final = "device_reach_many"
CLASSES: Final = "device_classes"
CLASS_MANY: Final = "device_class_many"
INTEGRATIONS: Final = "device_integrations"
INTEGRATION_MANY: Final = "device_integration_many"
# Of entities, that any device brings.
KINDS: Final = "device_kinds"

# A maker is a key that its spellings have in common, "" where none is told.
MAKERS: Final = "makers"
MAKER_MANY: Final = "maker_many"
MAKER_SPELLINGS: Final = "maker_spellings"

# A model is the key of its maker with its name; each part of it follows these two.
MODELS: Final = "models"
MODEL_MANY: Final = "model_many"
MODEL_IDS: Final = "model_ids"
MODEL_SOFTWARE: Final = "model_software"
MODEL_HARDWARE: Final = "model_hardware"
MODEL_KINDS: Final = "model_kinds"
MODEL_INTEGRATIONS: Final = "model_integrations"
MODEL_HUBS: Final = "model_hubs"

TABLES: Final = (
    *(REACHES, REACH_MANY, CLASSES, CLASS_MANY, INTEGRATIONS, INTEGRATION_MANY, KINDS),
    *(MAKERS, MAKER_MANY, MAKER_SPELLINGS),
    *(MODELS, MODEL_MANY, MODEL_IDS, MODEL_SOFTWARE, MODEL_HARDWARE),
    *(MODEL_KINDS, MODEL_INTEGRATIONS, MODEL_HUBS),
)
# How many of something a home has at least.
STEPS: Final[Sequence[int]] = (1, 2, 3, 5, 10, 20, 50, 100)
