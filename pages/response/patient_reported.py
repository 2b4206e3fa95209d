"""Patient-reported outcomes: who answered, how they feel, who is better by what matters to them."""

import streamlit as st

from lupus_outcomes.charts.change import draw_change
from lupus_outcomes.charts.heat_map import draw_answered
from lupus_outcomes.charts.shares import draw_shares
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("How do patients feel?")
with show.views(answered="Who answered", course="Over time", better="Better or worse") as view:
    finding = st.container()
    left, right, _ = st.columns([2, 3, 1], vertical_alignment="bottom")
    if view == "answered":
        released = compute.result(study, "patient_reported_missing")
        drawing = draw_answered(released, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "course":
        with left:
            chosen = controls.choose_instrument(study)
        released = compute.result(study, "change", measures=chosen)
        drawing = draw_change(released, "mean", show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "better":
        with left:
            chosen = controls.choose_instrument(study)
        with right:
            no_room = controls.choose_switch("no_room", "Leave out who had no room to improve")
        options = {"measures": chosen, "leave_out_no_room": no_room}
        released = compute.result(study, "patient_reported", **options)
        drawing = draw_shares(released, "patient_reported", show.mode())
        show.result(released, drawing, finding_at=finding)
