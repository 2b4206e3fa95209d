"""Activity: how far it falls, for whom, and which manifestations remain."""

import streamlit as st

from lupus_outcomes.charts.change import draw_change
from lupus_outcomes.charts.heat_map import draw_sledai_items
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("How active is the disease?")
with show.views(change="How far it falls", items="What remains active") as view:
    finding = st.container()
    if view == "change":
        left, _ = st.columns([3, 2])
        with left:
            measures = controls.choose_measures(study)
        released = compute.result(study, "change", measures=measures)
        drawing = draw_change(released, "change", show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "items":
        every_row = controls.choose_switch("absent", "Descriptors present in nobody, too")
        released = compute.result(study, "sledai_items")
        drawing = draw_sledai_items(released, every_row, show.mode())
        show.result(released, drawing, finding_at=finding)
