"""Files for Stata of thirty drawn cohorts, read again: how many cells, labels or words differ?

``python -m tests.proofs.stata_round_trip`` by hand. Ends with status 1 if any does.
"""

import sys

from lupus_outcomes.export.analysis_data import derive_analysis_data
from tests.analysis_data_cases import count_differences, drawn_selection

N_DATASETS = 30


def main() -> int:
    differences = cells = 0
    for seed in range(N_DATASETS):
        data = derive_analysis_data(*drawn_selection(seed))
        for name, variables in (("patients", data.patients), ("timepoints", data.timepoints)):
            differences += count_differences(variables, name)
            cells += sum(len(variable.values) for variable in variables)
    print(f"{differences} differences in {cells:,} cells of {N_DATASETS} datasets")
    return int(bool(differences))


if __name__ == "__main__":
    sys.exit(main())
