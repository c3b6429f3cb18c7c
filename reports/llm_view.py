"""What a language model took and brought, in lines for people."""

from reports.llm import LlmSummary
from reports.numbers import score_text, seconds_text


def llm_lines(llm: LlmSummary) -> list[tuple[str, str]]:
    """Lines of the summary, as (label, text)."""
    took = [f"{llm.calls} calls", f"{llm.tokens} tokens"]
    if llm.money:
        took.append(f"${llm.money:.4f}")
    took.append(f"{seconds_text(llm.answer_seconds)} for answers")
    if llm.failed:
        took.append(f"{llm.failed} asks failed")
    brought = (
        f"{llm.candidates} candidates, {llm.pooled} pooled, {llm.members} in the "
        f"ensemble with weight {llm.weight:.3f}"
    )
    lines = [("model took", ", ".join(took)), ("model brought", brought)]
    if llm.with_it is not None and llm.without_it is not None:
        gain = "" if llm.gain is None else f", a gain of {score_text(llm.gain)}"
        if llm.points_per_dollar is not None:
            gain += f" ({llm.points_per_dollar:.3g} a dollar)"
        scores = (
            f"{score_text(llm.with_it)} with it, {score_text(llm.without_it)} without"
        )
        lines.append(("model's worth", scores + gain))
    return lines
