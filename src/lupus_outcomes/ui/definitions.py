"""The readings of the definitions a reader can choose, and how choices become ``Definitions``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.indices.doris import DorisOptions
from lupus_outcomes.indices.flare import VARIANTS, FlareOptions
from lupus_outcomes.indices.lldas import LldasOptions


@dataclass(frozen=True, slots=True)
class DefinitionChoice:
    """One option of one index: its id in the address, label and values, the default first."""

    id: str
    label: str
    values: tuple[str, ...]
    help: str

    @property
    def default(self) -> str:
        """The value that is not written into the address."""
        return self.values[0]


CHOICES = (
    DefinitionChoice(
        "doris_dose",
        "DORIS: prednisone",
        ("<=5", "<5"),
        "Abstract of the 2021 definition; its Table 2 prints < 5.",
    ),
    DefinitionChoice(
        "doris_global",
        "DORIS: physician global",
        ("<0.5", "<=0.5"),
        "The definition; one later paper prints ≤ 0.5.",
    ),
    DefinitionChoice(
        "doris_stable",
        "DORIS: treatment not recorded as stable",
        ("unknown", "assumed stable"),
        "Where nothing is recorded about stability.",
    ),
    DefinitionChoice(
        "lldas_new",
        "LLDAS: no new activity",
        ("any_descriptor", "clinical_only", "sfi_flare_previous", "sfi_modsev_baseline"),
        "Four published readings: any SLEDAI-2K descriptor (Oon 2019), clinical ones only, no "
        "flare since the previous visit (Golder 2016), no flare against baseline (Parodis 2019).",
    ),
    DefinitionChoice(
        "lldas_myositis",
        "LLDAS: myositis is a major organ",
        ("no", "yes"),
        "Franklyn 2016 does not list it.",
    ),
    DefinitionChoice(
        "flare_index",
        "Flare index",
        ("bliss_modified", *(v for v in VARIANTS if v != "bliss_modified")),
        "SELENA-SLEDAI flare index, by variant; 'modified' alone is ambiguous.",
    ),
)


def read_definitions(chosen: Iterable[tuple[str, str]]) -> Definitions:
    """The definitions with the chosen readings in place of the defaults."""
    value: dict[str, Any] = {choice.id: choice.default for choice in CHOICES} | dict(chosen)
    return Definitions(
        doris=DorisOptions(
            glucocorticoid=value["doris_dose"],
            physician_ga=value["doris_global"],
            assume_stable=value["doris_stable"] == "assumed stable",
        ),
        lldas=LldasOptions(
            new_activity=value["lldas_new"], myositis_is_major=value["lldas_myositis"] == "yes"
        ),
        flare=FlareOptions(variant=value["flare_index"]),
    )
