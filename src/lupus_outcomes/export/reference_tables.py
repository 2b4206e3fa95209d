"""Tables to look up in the methods, made from the constants the indices compute with."""

from itertools import groupby
from operator import attrgetter

from lupus_outcomes.dictionary import label_of
from lupus_outcomes.export.markdown import markdown_table
from lupus_outcomes.indices import lldas, sle_das, sledai
from lupus_outcomes.indices.glucocorticoid import EQUIVALENT_TO_5_MG


def sledai_weights() -> str:
    """The 24 descriptors of SLEDAI-2K."""
    by_group = groupby(sledai.DESCRIPTORS, key=attrgetter("weight", "domain"))
    lines = [
        f"- **{weight}**, {domain}: {', '.join(map(_descriptor, descriptors))}"
        for (weight, domain), descriptors in by_group
    ]
    return "\n".join(
        [
            *lines,
            "\n† not in the clinical score. ‡ a major organ in item 1 of LLDAS. Gladman 2002, J "
            f"Rheumatol 29:288; scored over {sledai.SLEDAI_WINDOW_DAYS} days.",
        ]
    )


def _descriptor(descriptor: sledai.Descriptor) -> str:
    marks = ("" if descriptor.is_clinical else " †") + (" ‡" if descriptor.is_major else "")
    return label_of("visits", descriptor.id) + marks


def sle_das_coefficients() -> str:
    """Points of SLE-DAS and its limits, with what is to be known about their source."""
    rows = [(label_of("visits", name), f"{points:g}") for name, points in sle_das.POINTS.items()]
    rows += [
        ("Arthritis, 1 swollen joint or more", f"{sle_das.ARTHRITIS:g}"),
        ("Each swollen joint of 28", f"{sle_das.EACH_SWOLLEN_JOINT:g}"),
        ("Rash, localised", f"{sle_das.LOCALISED_RASH:g}"),
        ("Rash, generalised", f"{sle_das.GENERALISED_RASH:g}"),
        ("Constant", f"{sle_das.CONSTANT:g}"),
    ]
    gates = (
        ("Proteinuria, mg/24 h", sle_das.PROTEINURIA),
        ("Platelets, 10⁹/L", sle_das.PLATELETS),
        ("Leukocytes, 10⁹/L", sle_das.LEUKOCYTES),
    )
    beyond = [f"- {name}, {_side(gate)}: {_formula(gate)}" for name, gate in gates]
    return (
        "**The coefficients rest on one secondary source**, a public implementation that cites "
        "Figure 1 of Jesus 2019, Ann Rheum Dis 78:365; check them against sle-das.eu before use in "
        f"a paper.\n\n{markdown_table(('item', 'points'), rows)}\n\n"
        f"Beyond a limit, by the natural logarithm of the value:\n\n{chr(10).join(beyond)}\n\n"
        f"Remission: at most {sle_das.REMISSION_LIMIT:g} and prednisone at most "
        f"{sle_das.REMISSION_GLUCOCORTICOID_MG_DAY:g} mg/day; low disease activity: at most "
        f"{sle_das.LOW_ACTIVITY_LIMIT:g} and at most "
        f"{sle_das.LOW_ACTIVITY_GLUCOCORTICOID_MG_DAY:g} mg/day."
    )


def _side(gate: sle_das.Gate) -> str:
    return f"{'above' if gate.counts_above else 'below'} {gate.limit:g}"


def _formula(gate: sle_das.Gate) -> str:
    sign = "+" if gate.slope > 0 else "−"
    return f"{gate.intercept:g} {sign} {abs(gate.slope):g} × ln(value)".replace("-", "−")


def maintenance_ceilings() -> str:
    """Doses within which treatment counts as maintenance in LLDAS."""
    rows = [
        (drug, f"{limit:g} mg a {'week' if drug in lldas.WEEKLY_DRUGS else 'day'}")
        for drug, limit in lldas.MAINTENANCE_CEILINGS.items()
    ]
    rows += [(d, f"{n:g} mg/kg a day") for d, n in lldas.MAINTENANCE_CEILINGS_MG_PER_KG.items()]
    never = ", ".join(lldas.NEVER_MAINTENANCE)
    return (
        f"{markdown_table(('drug', 'at most'), rows)}\n\n"
        "Inclusive; Golder 2016, Arthritis Res Ther 18:260, Table 3, ciclosporin by usual limits. "
        f"Never maintenance: {never}. Used where the registry does not record whether treatment is "
        "within limits and declares its treatments complete."
    )


def prednisone_equivalents() -> str:
    """Doses of other glucocorticoids that equal prednisone."""
    rows = [(drug, f"{mg:g} mg") for drug, mg in EQUIVALENT_TO_5_MG.items()]
    return (
        f"{markdown_table(('drug', 'equals 5 mg of prednisone'), rows)}\n\n"
        "Oral and intravenous only; pulses are not part of the daily dose; a missing dose is not 0."
    )
