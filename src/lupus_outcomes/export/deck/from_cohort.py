"""The results of a deck or report, computed for these patients: for the command line."""

from functools import cache

from lupus_outcomes.analysis.all_predictions import PREDICTIONS
from lupus_outcomes.analysis.catalogue import ANALYSES
from lupus_outcomes.analysis.evidence import Evidence, gather_evidence, gather_first_answer
from lupus_outcomes.analysis.question import Posed, Question, find_outcomes, pose_question
from lupus_outcomes.analysis.robustness import derive_robustness, estimate_robustness
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.derive.variants import Variant
from lupus_outcomes.errors import UsageError
from lupus_outcomes.export.deck.parts import Sources
from lupus_outcomes.export.replay import ROBUSTNESS, model_recipe, view_in_words
from lupus_outcomes.release.disclosure import CLOSED, RELEASE, Released, refuse_filters, release


def compute_sources(
    cohort: Cohort, selection: Selection, outcome: str | None = None, mode: str = CLOSED
) -> Sources:
    """Results as they are asked for. ``outcome``: of a model that is resampled, a minute's work;
    without it the default one's first answer.

    Raises
    ------
    UsageError
        The study or the dataset cannot tell that outcome.
    NotReleasedError
        In release mode: the patients were chosen by a filter.
    """
    if mode == RELEASE:
        refuse_filters(selection)
    offered = find_outcomes(cohort)
    if outcome is not None and outcome not in offered:
        raise UsageError(f"--prediction {outcome}: use one of {', '.join(offered)}.")

    def result(name: str, **options) -> Released:
        recipe = {"analysis": name, "options": options, "interim": False}
        made = ANALYSES[name](cohort, selection, **options)
        return release(made, cohort, selection, view_in_words(recipe), recipe, mode=mode)

    def robustness(headline: str | None = None) -> Released:
        made = estimate_robustness(cohort, selection, headline, variants())
        options = {"headline": headline} if headline else {}
        recipe = {"analysis": ROBUSTNESS, "options": options}
        return release(made, cohort, selection, view_in_words(recipe), recipe, mode=mode)

    @cache
    def variants() -> tuple[Variant, ...]:
        return derive_robustness(cohort)

    @cache
    def answer() -> tuple[Posed, Evidence] | None:
        # No result of a model is declared for release: none need be fitted.
        return None if mode == RELEASE else _answer(cohort, selection, outcome)

    def prediction(name: str) -> Released | None:
        found = answer()
        if found is None:
            return None
        posed, evidence = found
        made = PREDICTIONS[name](posed, evidence, cohort, selection)
        recipe = model_recipe(name, {}, posed.question, evidence)
        return release(made, cohort, selection, view_in_words(recipe), recipe, mode=mode)

    return Sources(cohort.protocol, result, robustness, prediction)


def _answer(
    cohort: Cohort, selection: Selection, outcome: str | None
) -> tuple[Posed, Evidence] | None:
    """What a model says of that outcome, else at first sight of the default one."""
    question = Question(outcome=outcome) if outcome else Question()
    if question.outcome not in find_outcomes(cohort):
        return None
    posed = pose_question(cohort, selection, question)
    if posed.too_small:
        return None
    return posed, gather_evidence(posed) if outcome else gather_first_answer(posed)
